using Billing.EventStore.Tests.Log;
using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_archiving
{
    private const string Archived = "select concat_ws(' ', s.is_archived, count(*) filter (where e.is_archived), count(*)) from mt_streams s join mt_events e on e.stream_id = s.id where s.id = $1 group by s.is_archived";

    [Fact]
    public async Task stream_and_events_are_marked_and_read_as_before()
    {
        await using var it = await CreateAsync();
        var (key, other) = (await it.AccountAsync("A", bookings: 2), await it.AccountAsync("B"));
        var before = await it.Store.ReadStreamAsync(key, unseal: true);

        Assert.Equal([(key, 3L)], (await it.Store.ArchiveAsync(new Dictionary<StreamKey, long> { [key] = 3 }, default)).Select(one => (one.Key, one.Value)));

        Assert.Equal(("t 3 3", "f 0 1"), (await it.TextAsync(Archived, key.Id), await it.TextAsync(Archived, other.Id)));
        Assert.Equal(before, await it.Store.ReadStreamAsync(key, unseal: true));
        Assert.Equal(before[^1].Version, (await it.Store.AggregateAsync(key))!.Version);
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
        Assert.Empty(await it.Store.ArchiveAsync(new Dictionary<StreamKey, long> { [key] = 3 }, default));
    }

    [Fact]
    public async Task a_later_append_brings_it_back_whole()
    {
        await using var it = await CreateAsync();
        var (key, other) = (await it.AccountAsync("A"), await it.AccountAsync("B"));
        await it.Store.ArchiveAsync(new Dictionary<StreamKey, long> { [key] = 1, [other] = 1 }, default);

        await it.AppendAsync(key, new Booked("A-1", 100, "late"));
        Assert.True((await it.Store.AppendManyAsync([new StreamAppend(other, 1, [new Booked("B-1", 100, null)], new Metadata())], default)).Single().IsAppended);

        Assert.Equal(("f 0 2", "f 0 2"), (await it.TextAsync(Archived, key.Id), await it.TextAsync(Archived, other.Id)));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task one_that_has_grown_since_it_was_looked_at_stays()
    {
        await using var it = await CreateAsync();
        var (grown, growing, fit) = (await it.AccountAsync("A", bookings: 1), await it.AccountAsync("B"), await it.AccountAsync("C"));
        await using var writer = await it.Store.OpenSessionAsync(default);
        writer.Append(await writer.FetchForWritingAsync(growing, default), [new Booked("B-1", 100, null)], new Metadata());

        // Waits for the writer who holds one of the streams, and sees then that it has moved.
        var archiving = it.Store.ArchiveAsync(new Dictionary<StreamKey, long> { [grown] = 1, [growing] = 1, [fit] = 1 }, default);
        await RawLog.UntilAsync(async () => await it.TextAsync("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = $1", it.Database.Schema) == "1", "it waits for the lock");
        await writer.CommitAsync(default);

        Assert.Equal([fit], (await archiving).Keys);
        Assert.Equal(("f 0 2", "f 0 2", "t 1 1"), (await it.TextAsync(Archived, grown.Id), await it.TextAsync(Archived, growing.Id), await it.TextAsync(Archived, fit.Id)));
    }

    [Fact]
    public async Task log_feed_and_rebuild_go_on_with_it()
    {
        await using var it = await TallyFixture.CreateAsync();
        var key = await it.AccountAsync("A", bookings: 2);
        await it.Store.ArchiveAsync(new Dictionary<StreamKey, long> { [key] = 3 }, default);

        Assert.True(await it.PassAsync(it.Runner(new Feed(), TallyFixture.Options("n"))));
        Assert.True(await it.PassAsync(it.Runner(new Tally(), TallyFixture.Options("n"))));

        Assert.Equal(3, await it.TalliedAsync());
        Assert.Equal([1, 2, 3], (await new FeedReader(it.Store).ReadAfterAsync(0, 10, default)).Select(e => e.Event.Version));
        var rows = await it.TextsAsync("select bookings::text from accounts");
        await it.ExecuteAsync("delete from accounts");
        await new Rebuilder(it.Store).RebuildAsync("accounts", null, default);
        Assert.Equal(rows, await it.TextsAsync("select bookings::text from accounts"));
    }
}

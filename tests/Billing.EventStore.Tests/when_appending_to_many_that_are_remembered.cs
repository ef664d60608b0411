using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_appending_to_many_that_are_remembered
{
    [Fact]
    public async Task another_past_than_a_remembered_one_is_believed_and_the_others_are_written_once()
    {
        await using var it = await CreateAsync();
        var keys = await it.AccountsAsync(90, bookings: 1);

        // As after a restore: the last in the order of locks has another booking than the one remembered.
        await RestoreToFirstEventAsync(it, keys[89]);
        await StoreOn(it.Database.DataSource, MasterKey).AppendManyAsync([new StreamAppend(keys[89], 1, [new Booked("C-89", 900, null)], new Metadata())], default);

        var results = await it.Store.AppendManyAsync([.. keys.Select((key, n) => new StreamAppend(key, 2, [new Booked($"B-{n}", 1, null)], new Metadata()))], default);

        Assert.All(results, result => Assert.Equal((true, 3), (result.IsAppended, result.Version)));
        Assert.Equal("270", await it.TextAsync("select count(*) from mt_events"));
        Assert.Equal("90 1", await it.TextAsync("select concat_ws(' ', count(*) filter (where reference like 'B-%'), count(*) filter (where reference = 'C-89')) from bookings"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task what_is_appended_to_streams_that_are_remembered_is_written_once_and_whole()
    {
        await using var it = await CreateAsync();
        var keys = await it.AccountsAsync(90, bookings: 1);

        await ClosedAsync(it, keys, expected: 2);
        await ClosedAsync(it, keys, expected: 3);

        Assert.Equal("360 90", await it.TextAsync("select concat_ws(' ', count(*), count(*) filter (where type = 'closed' and version = 4)) from mt_events"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task streams_of_the_same_id_at_two_sites_are_not_taken_for_each_other()
    {
        await using var it = await CreateAsync();
        var mine = await it.AccountAsync("A", bookings: 1);
        var other = await it.AppendAsync(mine with { Tenant = "30202" }, Opened("A"), new Booked("B", 7, null));

        Assert.All(await it.Store.AppendManyAsync([.. new[] { mine, other }.Select(key => new StreamAppend(key, 2, [new Closed("at once")], new Metadata()))], default), result => Assert.True(result.IsAppended));

        Assert.Equal("30201 3, 30202 3", await it.TextAsync("select string_agg(tenant_id || ' ' || version, ', ' order by tenant_id) from mt_streams"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    [InlineData(89)]
    public async Task of_streams_that_are_remembered_the_one_that_another_node_wrote_to_falls_out_alone(int position)
    {
        await using var it = await CreateAsync();
        var keys = await it.AccountsAsync(90, bookings: 1);
        await StoreOn(it.Database.DataSource, MasterKey).AppendManyAsync([new StreamAppend(keys[position], 2, [new Booked("C", 900, null)], new Metadata())], default);

        var results = await it.Store.AppendManyAsync([.. keys.Select(key => new StreamAppend(key, 2, [new Closed("at once")], new Metadata()))], default);

        Assert.Equal([(position, 3L)], results.Index().Where(result => !result.Item.IsAppended).Select(result => (result.Index, result.Item.Version)));
        Assert.Equal("270 89", await it.TextAsync("select concat_ws(' ', count(*), count(*) filter (where type = 'closed')) from mt_events"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Theory]
    [InlineData("another past")]
    [InlineData("gone")]
    [InlineData("archived")]
    [InlineData("not chained")]
    public async Task a_stream_that_is_not_as_remembered_is_taken_as_it_is(string now)
    {
        await using var it = await CreateAsync();
        var keys = await it.AccountsAsync(30, bookings: 1);
        var (key, other) = (keys[25], StoreOn(it.Database.DataSource, MasterKey));
        switch (now)
        {
            case "another past":
                await RestoreToFirstEventAsync(it, key);
                await other.AppendManyAsync([new StreamAppend(key, 1, [new Booked("C", 900, null)], new Metadata())], default);
                break;
            case "gone":
                await it.ExecuteAsync("delete from mt_events where stream_id = $1", key.Id);
                await it.ExecuteAsync("delete from mt_streams where id = $1", key.Id);
                await it.ExecuteAsync("delete from bookings where account_id = $1", key.Id);
                await it.ExecuteAsync("delete from accounts where account_id = $1", key.Id);
                break;
            case "archived":
                await other.ArchiveAsync(new Dictionary<StreamKey, long> { [key] = 2 }, default);
                break;
            default:
                await when_another_writer_appended.ForeignBookingAsync(it, key, 3, headers: null);
                break;
        }

        var results = await it.Store.AppendManyAsync([.. keys.Select(one => new StreamAppend(one, 2, [new Closed("at once")], new Metadata()))], default);

        Assert.Equal(now is "another past" or "archived", results[25].IsAppended);
        Assert.Equal(now switch { "gone" => 0, _ => 3 }, results[25].Version);
        Assert.Equal(29 + (results[25].IsAppended ? 1 : 0), results.Count(result => result.IsAppended));
        Assert.Equal("0", await it.TextAsync("select count(*) from mt_streams where is_archived"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task what_cannot_be_stored_among_streams_that_are_remembered_leaves_nothing_written()
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. await Task.WhenAll(Enumerable.Range(0, 90).Select(n => it.AccountAsync($"A-{n}")))];

        await Assert.ThrowsAsync<ArgumentException>(() => it.Store.AppendManyAsync([.. keys.Order().Select((key, n) => new StreamAppend(key, 1, [new Closed(n == 85 ? "\0" : "at once")], new Metadata()))], default));

        Assert.Equal("90", await it.TextAsync("select count(*) from mt_events"));
        await ClosedAsync(it, keys, expected: 1);
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    private static async Task RestoreToFirstEventAsync(StoreFixture it, StreamKey key)
    {
        await it.ExecuteAsync("delete from mt_events where version = 2 and stream_id = $1", key.Id);
        await it.ExecuteAsync("update mt_streams set version = 1, head_hash_version = 1, head_hash = (select decode(headers ->> 'hash', 'hex') from mt_events where stream_id = $1) where id = $1", key.Id);
        await it.ExecuteAsync("delete from bookings where account_id = $1", key.Id);
    }

    private static async Task ClosedAsync(StoreFixture it, IEnumerable<StreamKey> keys, long expected) =>
        Assert.All(
            await it.Store.AppendManyAsync([.. keys.Select(key => new StreamAppend(key, expected, [new Closed("at once")], new Metadata()))], default),
            result => Assert.Equal((true, expected + 1), (result.IsAppended, result.Version)));
}

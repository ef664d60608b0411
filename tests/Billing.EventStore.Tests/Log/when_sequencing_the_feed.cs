using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Log.TallyFixture;

namespace Billing.EventStore.Tests.Log;

public class when_sequencing_the_feed
{
    [Fact]
    public async Task positions_are_dense_and_in_stream_order_whatever_sequencers_race()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(6);
        using var stop = new CancellationTokenSource();
        var nodes = Enumerable.Range(0, 3).Select(n => it.Projections(Options($"n{n}", window: 20), new Feed()).RunAsync(stop.Token)).ToList();

        // Leases run out now and then, also with a window in hand; what was read stays what it was.
        var (writing, seen) = (Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync(it, ids, new Random(writer))))), new List<(long, Guid)>());
        while (!writing.IsCompleted || seen.Count < long.Parse((await it.TextAsync("select count(*) from mt_events"))!))
        {
            await it.ExpireAsync();
            await Task.Delay(100);
            foreach (var entry in await new FeedReader(it.Store).ReadAfterAsync(seen.Count, 50, default))
            {
                seen.Add((entry.Position, entry.Event.EventId));
            }

            Assert.True(nodes.TrueForAll(n => !n.IsCompleted));
        }

        await writing;
        await stop.CancelAsync();
        await Task.WhenAll(nodes);

        var feed = await AllAsync(it);
        Assert.Equal(Enumerable.Range(1, feed.Count).Select(i => (long)i), feed.Select(e => e.Position));
        Assert.Equal(seen, feed.Select(e => (e.Position, e.Event.EventId)));
        Assert.Equal(feed.Count, feed.Select(e => e.Event.EventId).Distinct().Count());
        Assert.All(feed.GroupBy(e => e.Event.Stream), stream => Assert.Equal(Enumerable.Range(1, stream.Count()).Select(i => (long)i), stream.Select(e => e.Event.Version)));
        Assert.True(long.Parse((await it.TextAsync("select term from log_readers"))!) > 1);
    }

    [Fact]
    public async Task two_that_both_think_they_hold_it_write_once()
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0], events: 5);
        await it.UntilReadableAsync();
        var (first, second) = (new Pause(), new Pause());

        // Each has claimed, read the same window and stands before its transaction.
        var late = it.Runner(new Feed(), Options("late", beforeWriting: first.Here)).PassAsync(default);
        await first.Reached;
        await it.ExpireAsync();
        var holder = it.Runner(new Feed(), Options("holder", beforeWriting: second.Here)).PassAsync(default);
        await second.Reached;
        first.End();
        Assert.False(await late);
        second.End();
        Assert.True(await holder);
        Assert.Equal(["1", "2", "3", "4", "5"], await it.TextsAsync("select position from event_feed order by position"));
    }

    [Fact]
    public async Task a_page_follows_the_last_position_read_and_decodes_on_demand()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 4);
        Assert.True(await it.PassAsync(it.Runner(new Feed(), Options("n"))));
        var feed = new FeedReader(it.Store);

        Assert.Equal([1, 2], (await feed.ReadAfterAsync(0, 2, default)).Select(e => e.Position));
        var rest = await feed.ReadAfterAsync(2, 100, default);
        Assert.Equal((await it.Store.ReadStreamAsync(key)).Skip(2), rest.Select(e => e.Event.Read()));
        Assert.Empty(await feed.ReadAfterAsync(5, 100, default));
    }

    [Fact]
    public async Task a_tenant_pages_through_its_own_and_over_the_gaps_between()
    {
        await using var it = await CreateAsync();
        var other = new StreamKey("30202", Guid.CreateVersion7());
        var mine = await it.AccountAsync("A");
        await it.AppendAsync(other, StoreFixture.Opened("B"), new Booked("B-1", 100, null), new Booked("B-2", 100, null));
        await it.AppendAsync(mine, new Booked("A-1", 100, null));
        Assert.True(await it.PassAsync(it.Runner(new Feed(), Options("n"))));
        var feed = new FeedReader(it.Store);

        var first = await feed.ReadAfterAsync(StoreFixture.Tenant, 0, 1, default);
        Assert.Equal((1L, 1L, 5L), (first.Entries.Single().Position, first.Next, first.Head));
        var rest = await feed.ReadAfterAsync(StoreFixture.Tenant, first.Next, 100, default);
        Assert.Equal((5L, 5L), (rest.Entries.Single().Position, rest.Next));
        Assert.Equal([2, 3, 4], (await feed.ReadAfterAsync(other.Tenant, 0, 100, default)).Entries.Select(e => e.Position));

        // One page looks so far and no further; it says where to go on.
        await it.ExecuteAsync("update event_feed set position = position + $1 where position = 5", (long)FeedReader.MostPositions);
        await it.ExecuteAsync("insert into event_feed (position, seq_id) select 4 + i, 1000 + i from generate_series(1, $1) i", (long)FeedReader.MostPositions);
        var empty = await feed.ReadAfterAsync(StoreFixture.Tenant, 1, 100, default);
        Assert.Equal((0, 1L + FeedReader.MostPositions), (empty.Entries.Count, empty.Next));
        Assert.Equal([5L + FeedReader.MostPositions], (await feed.ReadAfterAsync(StoreFixture.Tenant, empty.Next, 100, default)).Entries.Select(e => e.Position));
        var end = await feed.ReadAfterAsync(StoreFixture.Tenant, empty.Head, 100, default);
        Assert.Equal((0, end.Head), (end.Entries.Count, end.Next));
    }

    private static async Task WriteAsync(StoreFixture it, Guid[] ids, Random random)
    {
        for (var i = 0; i < 60; i++)
        {
            await using var connection = await it.Database.DataSource.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(connection);
            batch.Add("begin");
            batch.Add("select pg_current_xact_id()");
            batch.Add("select pg_sleep($1)", random.NextDouble() * 0.02);
            batch.AddAppend([ids[random.Next(ids.Length)]], random.Next(1, 6), backwards: random.Next(3) == 0);
            batch.Add(random.Next(8) == 0 ? "rollback" : "commit");
            await batch.ExecuteNonQueryAsync();
        }
    }

    private static async Task<List<FeedEntry>> AllAsync(StoreFixture it)
    {
        var (all, feed) = (new List<FeedEntry>(), new FeedReader(it.Store));
        while (await feed.ReadAfterAsync(all.Count, 100, default) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        return all;
    }
}

using Billing.EventStore.Tests.Specs;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

/// <summary>A store remembers the streams it wrote; it must never know anything else than the tables do.</summary>
public class when_remembering
{
    [Fact]
    public async Task what_another_node_appended_since_is_read()
    {
        await using var it = await CreateAsync();
        var other = StoreOn(it.Database.DataSource, MasterKey);
        var key = await it.AccountAsync("A", bookings: 1);

        await AppendAsync(other, key, new Booked("A-2", 200, null), new Booked("A-3", 300, null));
        var state = await AppendAsync(it.Store, key, new Booked("A-4", 400, null));

        Assert.Equal((4, 1000), (state.Bookings, state.TotalMinor));
        Assert.Equal("A-1 1,A-2 1,A-3 1,A-4 1", await it.TextAsync("select string_agg(reference || ' ' || 1, ',' order by reference) from bookings"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task another_past_than_the_remembered_one_is_believed()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 2);

        // As after a restore: the same stream, the same length, another second booking.
        await it.ExecuteAsync("delete from mt_events where version = 3");
        await it.ExecuteAsync("update mt_streams set version = 2, head_hash_version = 2, head_hash = (select decode(headers ->> 'hash', 'hex') from mt_events where version = 2)");
        await it.ExecuteAsync("delete from bookings where reference = 'A-2'");
        await AppendAsync(StoreOn(it.Database.DataSource, MasterKey), key, new Booked("A-9", 900, null));
        var state = await AppendAsync(it.Store, key, new Booked("A-3", 1, null));

        Assert.Equal((3, 1001), (state.Bookings, state.TotalMinor));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task a_shorter_past_and_then_another_one_is_believed()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);

        await it.ExecuteAsync("delete from mt_events where version = 2");
        await it.ExecuteAsync("update mt_streams set version = 1, head_hash_version = 1, head_hash = (select decode(headers ->> 'hash', 'hex') from mt_events)");
        await it.ExecuteAsync("delete from bookings");
        await AppendAsync(StoreOn(it.Database.DataSource, MasterKey), key, new Booked("B-1", 10, null), new Booked("B-2", 20, null));
        var state = await AppendAsync(it.Store, key, new Booked("B-3", 30, null));

        Assert.Equal((3, 60), (state.Bookings, state.TotalMinor));
    }

    [Fact]
    public async Task who_only_reads_reads_what_came_after()
    {
        await using var it = await CreateAsync();
        var other = StoreOn(it.Database.DataSource, MasterKey);
        var (key, elsewhere, unknown) = (await it.AccountAsync("A", bookings: 2), NewKey(), NewKey());
        await AppendAsync(other, elsewhere, Opened("B"));
        await AppendAsync(other, key, new Booked("A-9", 900, null));

        // Nobody could tell by the state alone: what is remembered is not there to be read any more.
        await it.ExecuteAsync("delete from mt_events where version <= 2 and stream_id = $1", key.Id);
        var read = await it.Store.AggregateManyAsync([key, elsewhere, unknown, key], unseal: false, default);

        Assert.Equal((3, 1200), (((Account)read[key].State).Bookings, ((Account)read[key].State).TotalMinor));
        Assert.Equal((4, 2), (read[key].Version, read.Count));
        Assert.Equal(1, read[elsewhere].Version);
        Assert.Equal((3, 1200), await TotalAsync(it.Store, key));
    }

    [Theory]
    [InlineData("the same length", "B-1")]
    [InlineData("shorter")]
    [InlineData("longer", "B-1", "B-2", "B-3")]
    public async Task who_only_reads_believes_another_past_too(string past, params string[] bookings)
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);

        // As after a restore. The other stream is whole, so that its past is remembered.
        var other = await it.AccountAsync("B", bookings: 1);
        await it.ExecuteAsync("delete from mt_events where version = 2 and stream_id = $1", key.Id);
        await it.ExecuteAsync("update mt_streams set version = 1, head_hash_version = 1, head_hash = (select decode(headers ->> 'hash', 'hex') from mt_events where stream_id = $1) where id = $1", key.Id);
        await it.ExecuteAsync("delete from bookings");
        foreach (var booking in bookings)
        {
            await AppendAsync(StoreOn(it.Database.DataSource, MasterKey), key, new Booked(booking, 7, null));
        }

        var read = await it.Store.AggregateManyAsync([key, other], unseal: false, default);

        Assert.True((bookings.Length, 7 * bookings.Length) == (((Account)read[key].State).Bookings, ((Account)read[key].State).TotalMinor), past);
        Assert.Equal((1 + bookings.Length, 2), (read[key].Version, read[other].Version));
    }

    [Fact]
    public async Task who_only_reads_reads_what_another_writer_appended_chained_or_not()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);
        await when_another_writer_appended.ForeignBookingAsync(it, key, 3, headers: null);

        Assert.Equal((2, 107), await TotalAsync(it.Store, key));

        // Chains it.
        await AppendAsync(StoreOn(it.Database.DataSource, MasterKey), key, new Booked("A-4", 1000, null));

        Assert.Equal((3, 1107), await TotalAsync(it.Store, key));
    }

    [Fact]
    public async Task a_stream_that_is_gone_is_not_remembered_for_a_reader()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);
        await it.ExecuteAsync("delete from mt_events");
        await it.ExecuteAsync("delete from mt_streams");

        Assert.Empty(await it.Store.AggregateManyAsync([key], unseal: false, default));
    }

    [Fact]
    public async Task what_was_never_committed_is_not_remembered()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);

        await Assert.ThrowsAsync<PostgresException>(() => it.AppendAsync(key, new Booked("A-2", 100, null), new Booked("A-3", -1, null)));
        await using (var session = await it.Store.OpenSessionAsync(default))
        {
            session.Append(await session.FetchForWritingAsync(key, default), [new Booked("A-4", 100, null)], new Metadata());
        }

        Assert.Equal(2, (await AppendAsync(it.Store, key, new Booked("A-5", 5, null))).Bookings);
    }

    [Fact]
    public async Task a_person_who_was_forgotten_elsewhere_is_forgotten_here()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);
        await using (var session = await StoreOn(it.Database.DataSource, MasterKey).OpenSessionAsync(default))
        {
            session.Forget(await session.FetchForWritingAsync(key, default));
            await session.CommitAsync(default);
        }

        await it.AppendAsync(key, new Moved(new Person("Grace Example", null), DateTimeOffset.UnixEpoch));

        Assert.Null(await it.TextAsync("select data ->> 'Holder' from mt_events where type = 'moved'"));
    }

    [Fact]
    public async Task many_nodes_that_remember_end_where_one_that_reads_everything_ends()
    {
        await using var it = await CreateAsync();
        var nodes = Enumerable.Range(0, 3).Select(n => StoreOn(it.Database.DataSource, MasterKey, remembered: n * 2)).ToList();
        var number = 0;

        // Which node books on which of four accounts, and whether it commits.
        var steps = (from node in Gen.Choose(0, 2)
                     from account in Gen.Choose(0, 3)
                     from commits in Gen.Elements(true, true, true, true, false)
                     select (Node: node, Account: account, Commits: commits)).ListOf(25);
        Prop.ForAll(steps.ToArbitrary(), list => Task.Run(async () =>
        {
            var keys = Enumerable.Range(0, 4).Select(_ => NewKey()).ToList();
            foreach (var key in keys)
            {
                await it.AppendAsync(key, Opened($"R-{number++}"));
            }

            foreach (var (node, account, commits) in list)
            {
                await AppendAsync(nodes[node], keys[account], commits, new Booked($"R-{number++}", 1 + number, null));
            }

            foreach (var key in keys)
            {
                var state = (await it.Store.AggregateAsync(key))!.State;
                foreach (var node in nodes)
                {
                    Assert.Equal(state, (await node.AggregateManyAsync([key], unseal: false, default))[key].State);
                }

                Assert.Equal(state, await StateAsync(nodes[0], key));
            }
        }).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(8));

        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    private static async Task<(int, long)> TotalAsync(EventStore store, StreamKey key)
    {
        var state = (Account)(await store.AggregateManyAsync([key], unseal: false, default))[key].State;
        return (state.Bookings, state.TotalMinor);
    }

    private static Task<Account> AppendAsync(EventStore store, StreamKey key, params object[] events) => AppendAsync(store, key, true, events);

    private static async Task<Account> AppendAsync(EventStore store, StreamKey key, bool commits, params object[] events)
    {
        await using var session = await store.OpenSessionAsync(default);
        var stream = await session.FetchForWritingAsync(key, default);
        session.Append(stream, events, new Metadata());
        if (commits)
        {
            await session.CommitAsync(default);
        }

        return (Account)stream.State!;
    }

    private static async Task<object?> StateAsync(EventStore store, StreamKey key)
    {
        await using var session = await store.OpenSessionAsync(default);
        return (await session.FetchForWritingAsync(key, default)).State;
    }
}

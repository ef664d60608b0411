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
                Assert.Equal((await it.Store.AggregateAsync(key))!.State, await StateAsync(nodes[0], key));
            }
        }).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(8));

        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
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

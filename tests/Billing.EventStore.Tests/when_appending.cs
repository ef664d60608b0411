using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_appending
{
    [Fact]
    public async Task what_was_appended_is_read_back_in_order_with_its_metadata()
    {
        await using var it = await CreateAsync();
        var key = await it.AppendAsync(NewKey(), Opened("A"), new Booked("A-1", 250, null));

        var events = await it.Store.ReadStreamAsync(key, unseal: true);

        Assert.Equal([Opened("A"), new Booked("A-1", 250, null)], events.Select(e => e.Data));
        Assert.Equal([1, 2], events.Select(e => e.Version));
        Assert.All(events, e => Assert.Equal(("conversation", "cause", "tester"), (e.CorrelationId, e.CausationId, e.UserName)));
        Assert.All(events, e => Assert.Equal(7, e.EventId.Version));
        Assert.Equal("Billing.EventStore.Tests.Specs.Booked, Billing.EventStore.Tests", await it.TextAsync("select mt_dotnet_type from mt_events where version = 2"));
        Assert.Equal("account", await it.TextAsync("select type from mt_streams"));
    }

    [Fact]
    public async Task state_and_version_move_before_the_commit()
    {
        await using var it = await CreateAsync();
        await using var session = await it.Store.OpenSessionAsync(default);
        var stream = await session.FetchForWritingAsync(NewKey(), default);
        Assert.Equal((0, null), (stream.Version, stream.State));

        session.Append(stream, [Opened("A")], new Metadata());
        session.Append(stream, [new Booked("A-1", 250, null)], new Metadata());

        Assert.Equal(2, stream.Version);
        Assert.Equal(new Account("A", null, 1, 250, false), stream.State);
    }

    [Fact]
    public async Task many_streams_are_written_in_one_commit()
    {
        await using var it = await CreateAsync();
        var old = await it.AccountAsync("old", bookings: 2);
        var keys = Enumerable.Range(1, 200).Select(_ => NewKey()).Append(old).ToList();

        await using (var session = await it.Store.OpenSessionAsync(default))
        {
            var streams = await session.FetchForWritingAsync(keys, default);
            foreach (var (index, key) in keys.Index())
            {
                session.Append(streams[key], key == old ? [new Booked("last", 7, null)] : [Opened($"A{index}"), new Booked($"B{index}", 5, null)], new Metadata());
            }

            await session.CommitAsync(default);
        }

        var snapshots = await it.Store.AggregateManyAsync([.. keys, NewKey()], unseal: false, default);
        Assert.Equal(201, snapshots.Count);
        Assert.Equal(4, snapshots[old].Version);
        Assert.Equal(200 * 5 + 100 + 200 + 7, snapshots.Values.Sum(s => ((Account)s.State).TotalMinor));
        Assert.Equal("201", await it.TextAsync("select count(*) from mt_streams where head_hash_version = version and octet_length(head_hash) = 32"));
    }

    [Fact]
    public async Task a_session_without_commit_writes_nothing()
    {
        await using var it = await CreateAsync();
        await using (var session = await it.Store.OpenSessionAsync(default))
        {
            session.Append(await session.FetchForWritingAsync(NewKey(), default), [Opened("A")], new Metadata());
        }

        Assert.Equal("0", await it.TextAsync("select count(*) from mt_events"));
    }

    [Fact]
    public async Task what_else_was_added_shares_the_commit()
    {
        await using var it = await CreateAsync();
        await it.ExecuteAsync("create table notes (text varchar primary key, number int)");
        await using (var session = await it.Store.OpenSessionAsync(default))
        {
            session.Append(await session.FetchForWritingAsync(NewKey(), default), [Opened("A")], new Metadata());
            session.Also.Add("insert into notes (text, number) select text, $2::int from unnest($1::varchar[]) text", new[] { "kept" }, null);
            await session.CommitAsync(default);
        }

        await using var failing = await it.Store.OpenSessionAsync(default);
        failing.Append(await failing.FetchForWritingAsync(NewKey(), default), [Opened("B")], new Metadata());
        failing.Also.Add("insert into notes (text) values ($1)", "kept");
        var error = await Assert.ThrowsAsync<PostgresException>(() => failing.CommitAsync(default));

        Assert.Equal("notes_pkey", error.ConstraintName);
        Assert.Equal("1", await it.TextAsync("select count(*) from mt_events"));
    }

    [Fact]
    public async Task a_failed_transaction_never_commits_in_silence()
    {
        await using var it = await CreateAsync();
        await using var session = await it.Store.OpenSessionAsync(default);
        await using var command = new NpgsqlCommand("select 1 / 0", session.Connection);
        await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync());

        var error = await Assert.ThrowsAsync<PostgresException>(() => session.CommitAsync(default));

        Assert.Equal(PostgresErrorCodes.InFailedSqlTransaction, error.SqlState);
    }

    [Fact]
    public async Task a_stream_of_another_session_is_refused()
    {
        await using var it = await CreateAsync();
        await using var one = await it.Store.OpenSessionAsync(default);
        await using var other = await it.Store.OpenSessionAsync(default);
        var stream = await one.FetchForWritingAsync(NewKey(), default);

        Assert.Throws<InvalidOperationException>(() => other.Append(stream, [Opened("A")], new Metadata()));
    }

    [Fact]
    public async Task a_session_commits_once()
    {
        await using var it = await CreateAsync();
        await using var session = await it.Store.OpenSessionAsync(default);
        session.Append(await session.FetchForWritingAsync(NewKey(), default), [Opened("A")], new Metadata());
        await session.CommitAsync(default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.CommitAsync(default));
    }
}

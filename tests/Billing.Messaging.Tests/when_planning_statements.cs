using Billing.Messaging.Tests.Specs;
using Npgsql;

namespace Billing.Messaging.Tests;

public class when_planning_statements
{
    private static readonly Guid[] Ids = [.. Enumerable.Range(0, 500).Select(_ => Guid.CreateVersion7())];
    private static readonly string[] Places = [.. Enumerable.Range(1, 500).Select(i => $"({i},1)")];

    private static readonly Dictionary<string, string[]> Ways = new()
    {
        { "claim network", ["ix_messages_network_due on messages", "ix_messages_network_again on messages", "Index Cond: ((due_at <=", "Tid Scan on messages"] },
        { "take aggregate", ["ix_messages_aggregate_due on messages", "ix_messages_aggregate_again on messages", "Tid Scan on messages"] },
        { "hold", ["Tid Scan on messages"] },
        { "finish", ["Tid Scan on messages"] },
        { "retry", ["Tid Scan on messages"] },
        { "hand back", ["Tid Scan on messages"] },
        { "bury", ["Tid Scan on messages"] },
        { "withdraw", ["ix_messages_stream", "Tid Scan on messages"] },
        { "count sending", ["ix_messages_stream"] },
        { "busy", ["ix_messages_stream"] },
        { "pressure", ["ix_messages_network_due", "ix_messages_aggregate_due", "ix_messages_network_again", "ix_messages_aggregate_again"] },
    };

    // One connection throughout, as a pump's: what it ran on the empty table may leave no plan behind.
    [Fact]
    public async Task each_walks_its_index_on_a_table_that_was_empty_a_moment_ago_and_on_a_big_one()
    {
        await using var world = await World.CreateAsync();
        await using var connection = await world.Database.DataSource.OpenConnectionAsync();
        for (var times = 0; times < 8; times++)
        {
            foreach (var statement in Ways.Keys)
            {
                await using var command = Command(statement, world, connection);
                await command.ExecuteNonQueryAsync();
            }
        }

        await FillAsync(world, analyzed: false);
        await AssertWaysAsync(world, connection);
        await using (var analyze = new NpgsqlCommand("vacuum analyze messages", connection))
        {
            await analyze.ExecuteNonQueryAsync();
        }

        await AssertWaysAsync(world, connection);
        Assert.DoesNotContain("Sort", await ExplainAsync("claim network", world, connection) + await ExplainAsync("take aggregate", world, connection));
    }

    [Fact]
    public async Task fifty_thousand_scheduled_messages_do_not_slow_it()
    {
        await using var world = await World.CreateAsync();
        await FillAsync(world, analyzed: true);
        await world.ScalarAsync<long>("with later as (update messages set due_at = due_at + interval '1 year' returning 1) select count(*) from later");
        await world.EnqueueAsync(new Call(Guid.CreateVersion7()));
        await using var connection = await world.Database.DataSource.OpenConnectionAsync();

        var plan = await ExplainAsync("claim network", world, connection, "explain (analyze, costs off, timing off, summary off) ");

        Assert.DoesNotContain("Rows Removed", plan);
        Assert.Contains("(actual rows=1 loops=1)", plan);
    }

    private static async Task FillAsync(World world, bool analyzed)
    {
        await world.ScalarAsync<long>(
            """
            with filled as (
                insert into messages (id, lane, name, tenant_id, stream_id, body, due_at, available_at)
                select gen_random_uuid(), case when i % 2 = 0 then 'network' else 'aggregate' end, 'call', '30201', gen_random_uuid(), '{}',
                    timestamptz '2026-03-01 12:00Z' + (i - 25000) * interval '1 second', case when i % 10 < 2 then now() + interval '1 hour' end
                from generate_series(1, 50000) i returning 1)
            select count(*) from filled
            """);
        if (analyzed)
        {
            await using var analyze = world.Database.DataSource.CreateCommand("vacuum analyze messages");
            await analyze.ExecuteNonQueryAsync();
        }
    }

    private static async Task AssertWaysAsync(World world, NpgsqlConnection connection)
    {
        foreach (var (statement, ways) in Ways)
        {
            var plan = await ExplainAsync(statement, world, connection);
            Assert.All(ways, way => Assert.Contains(way, plan, StringComparison.Ordinal));
            Assert.DoesNotContain("Seq Scan on messages", plan);
        }
    }

    private static NpgsqlCommand Command(string statement, World world, NpgsqlConnection connection)
    {
        var now = world.Clock.GetUtcNow();
        object?[] due = [64, TimeSpan.FromDays(36500), now, DateTimeOffset.UnixEpoch, 0L];
        var (sql, parameters) = statement switch
        {
            "claim network" => (Sql.Claim(Lanes.Network), [.. due, Guid.CreateVersion7(), TimeSpan.FromSeconds(30)]),
            "take aggregate" => (Sql.Take(Lanes.Aggregate), due),
            "hold" => (Sql.Hold, [Places, Ids]),
            "finish" => (Sql.Finish, [Places]),
            "retry" => (Sql.Retry, ["(1,1)", TimeSpan.Zero]),
            "hand back" => (Sql.HandBack, [Places, Ids, TimeSpan.Zero]),
            "bury" => (Sql.Bury, ["(1,1)", "reason", null, now]),
            "withdraw" => (Sql.Withdraw, ["30201", Ids[0], "call"]),
            "count sending" => (Sql.CountSending, ["30201", Ids[0], "call"]),
            "busy" => (Sql.Busy, (object?[])[new[] { "30201" }, new[] { Ids[0] }]),
            _ => (Sql.Pressure, [now, 10]),
        };
        return new NpgsqlCommand(sql, connection).With(parameters);
    }

    private static async Task<string> ExplainAsync(string statement, World world, NpgsqlConnection connection, string explain = "explain (costs off) ")
    {
        await using var command = Command(statement, world, connection);
        command.CommandText = explain + command.CommandText;
        await using var row = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        return string.Join('\n', lines);
    }
}

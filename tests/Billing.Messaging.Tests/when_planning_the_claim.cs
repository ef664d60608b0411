using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_planning_the_claim
{
    [Theory]
    [InlineData("network", true)]
    [InlineData("network", false)]
    [InlineData("aggregate", true)]
    public async Task it_walks_the_indexes_of_its_lane_in_their_order(string lane, bool analyzed)
    {
        await using var world = await World.CreateAsync();
        await FillAsync(world, analyzed);

        var plan = await ExplainAsync(world, lane);

        Assert.Contains($"ix_messages_{lane}_due on messages", plan);
        Assert.Contains("Index Cond: ((due_at <=", plan);
        Assert.Contains($"ix_messages_{lane}_again", plan);
        Assert.Contains("Tid Scan on messages", plan);
        Assert.DoesNotContain("Seq Scan", plan);
        if (analyzed)
        {
            Assert.DoesNotContain("Sort", plan);
        }
    }

    [Fact]
    public async Task fifty_thousand_scheduled_messages_do_not_slow_it()
    {
        await using var world = await World.CreateAsync();
        await FillAsync(world, analyzed: true);
        await world.ScalarAsync<long>("with later as (update messages set due_at = due_at + interval '1 year' returning 1) select count(*) from later");
        await world.EnqueueAsync(new Call(Guid.CreateVersion7()));

        var plan = await ExplainAsync(world, "network", "explain (analyze, costs off, timing off, summary off) ");

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

    private static async Task<string> ExplainAsync(World world, string lane, string explain = "explain (costs off) ")
    {
        await using var command = world.Database.DataSource.CreateCommand(explain + Sql.Claim(lane)).With(
            64, TimeSpan.FromDays(36500), world.Clock.GetUtcNow(), DateTimeOffset.UnixEpoch, 0L, Guid.CreateVersion7(), TimeSpan.FromSeconds(30));
        await using var row = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        return string.Join('\n', lines);
    }
}

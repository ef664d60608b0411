using Billing.Messaging.Tests.Specs;
using Npgsql;

namespace Billing.Messaging.Tests;

public class when_a_scan_starts
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void the_first_is_from_the_bottom_and_the_next_from_what_was_taken()
    {
        var water = new LowWater();
        var first = water.Next();
        water.Passed(first, (Now.AddMinutes(-5), 7), tookAllRests: true, Now);

        var next = water.Next();

        Assert.Equal((true, false), (first.IsFull, next.IsFull));
        Assert.Equal((Now.AddMinutes(-5), 7L), next.Above);
        Assert.True(next.RestsSince < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void who_has_caught_up_leaves_room_for_commits_under_way()
    {
        var water = new LowWater();
        water.Passed(water.Next(), null, tookAllRests: true, Now);

        Assert.Equal(Now.AddMilliseconds(-100), water.Next().Above.DueAt);
    }

    [Fact]
    public void rests_that_were_left_over_are_looked_for_as_far_back_again()
    {
        var water = new LowWater();
        water.Passed(water.Next(), null, tookAllRests: false, Now);

        Assert.True(water.Next().RestsSince > TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task what_was_finished_under_an_open_snapshot_is_not_met_again()
    {
        await using var world = await World.CreateAsync();
        await using var pin = await world.Database.DataSource.OpenConnectionAsync();
        await using (var open = new NpgsqlCommand("begin isolation level repeatable read; select count(*) from messages", pin))
        {
            await open.ExecuteNonQueryAsync();
        }

        await world.EnqueueAsync([.. Enumerable.Range(0, 2000).Select(_ => new Outgoing(new Call(Guid.CreateVersion7()), world.Clock.GetUtcNow()))]);
        world.Clock.Advance(TimeSpan.FromHours(1));
        world.OnCall = (_, _, _) => Task.FromResult<HandlerResult>(new HandlerResult.Done());
        await using (var node = new Node(world.Database.ConnectionString, world.Options, world.OnCall))
        {
            await node.Pump.StartAsync(default);
            await world.UntilIdleAsync();
        }

        Assert.True(await ReadAsync(world, DateTimeOffset.UnixEpoch) > 100);
        Assert.True(await ReadAsync(world, world.Clock.GetUtcNow().AddMilliseconds(-100)) < 30);
    }

    /// <returns>How many pages a claim from there touches: each dead entry costs a look at its row.</returns>
    private static async Task<long> ReadAsync(World world, DateTimeOffset above)
    {
        await using var claim = world.Database.DataSource.CreateCommand("explain (analyze, buffers, format json) " + Sql.Claim(Lanes.Network)).With(
            64, TimeSpan.FromSeconds(1), world.Clock.GetUtcNow(), above, 0L, Guid.CreateVersion7(), TimeSpan.FromSeconds(30));
        var plan = System.Text.Json.JsonDocument.Parse((string)(await claim.ExecuteScalarAsync())!).RootElement[0].GetProperty("Plan");
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }
}

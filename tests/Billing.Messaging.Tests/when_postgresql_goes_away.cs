using Billing.Messaging.Tests.Specs;
using Npgsql;

namespace Billing.Messaging.Tests;

public class when_postgresql_goes_away
{
    [Fact]
    public async Task killed_connections_lose_nothing_and_decide_nothing_twice()
    {
        await using var world = await World.CreateAsync(new MessagingOptions { Lease = TimeSpan.FromSeconds(2), BatchSize = 10, MaxInFlight = 8 });
        var ids = Enumerable.Range(0, 300).Select(_ => Guid.CreateVersion7()).ToArray();
        await world.EnqueueAsync([.. ids.SelectMany(id => new object[] { new Count(id), new Call(id) })]);
        await using var killer = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Pooling = false, ApplicationName = $"{world.Database.Schema} killer" }.ConnectionString);
        await killer.OpenAsync();

        await world.PumpAsync();
        var (strikes, killed) = (new Queue<long>([590, 450, 300, 150]), 0L);
        await World.UntilAsync(async () =>
        {
            var left = await AskAsync(killer, "select count(*) from messages");
            if (strikes.TryPeek(out var strike) && left < strike)
            {
                strikes.Dequeue();
                killed += await AskAsync(killer, $"select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = '{world.Database.Schema}'");
            }

            return left == 0;
        });

        Assert.True(killed >= 2, $"Only {killed} connections were killed.");
        Assert.Equal(300, await AskAsync(killer, "select count(*) from mt_events where type = 'counted'"));
        Assert.Equal(300, await AskAsync(killer, "select count(distinct stream_id) from mt_events where type = 'call_answered'"));
        Assert.Equal(0, await AskAsync(killer, "select count(*) from dead_letters"));
        Assert.True(world.Log.Count("PostgreSQL cannot be used") >= 1);
        Assert.Equal(world.Log.Count("PostgreSQL cannot be used"), world.Log.Count("PostgreSQL is back"));
    }

    [Fact]
    public async Task an_outage_is_said_once_and_its_end_once()
    {
        var lines = new Lines();
        var outage = new Outage(lines);
        var failures = 3;

        await outage.RideOutAsync(
            () => failures-- > 0 ? throw new NpgsqlException("away", new IOException()) : Task.CompletedTask, Faults.IsDatabaseAway, default);

        Assert.Equal(2, lines.All.Count);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => outage.RideOutAsync(() => throw new InvalidOperationException(), Faults.IsDatabaseAway, default));
    }

    private static async Task<long> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

using Billing.Api.Tests.Charging;
using System.Globalization;
using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.Specs;
using Xunit.Abstractions;

namespace Billing.Api.Tests.Simulating;

/// <summary>Eight nodes sweep hundreds of due subscriptions three times while their processes are killed.</summary>
/// <remarks>BILLING_SWARM_SUBSCRIPTIONS: how many; a thousand take two minutes longer.</remarks>
[Keeps(Promise.NeverChargedTwice)]
public sealed class eight_nodes_in_three_processes(ITestOutputHelper output)
{
    private const int Sweeps = 3;
    private static readonly int Subscriptions = int.Parse(
        Environment.GetEnvironmentVariable("BILLING_SWARM_SUBSCRIPTIONS") ?? "300", CultureInfo.InvariantCulture);

    private static readonly int[] NodesPerProcess = [3, 3, 2];

    // One of the eight looks every 75 ms.
    private static readonly Dictionary<string, string?> Settings =
        new(Doomed.Hasty) { ["Jobs__IntervalMilliseconds"] = "600" };

    private readonly Random random = new(8);

    [Fact]
    public async Task request_each_attempt_at_a_period_once()
    {
        await using var world = await World.WithoutServiceAsync(Node.Forgetful);
        await world.StartServiceAsync(new Dictionary<string, string?>(Doomed.Hasty) { ["Jobs__Enabled"] = "false" });
        var processes = NodesPerProcess.Select(nodes => Swarm.Start(world, nodes, Settings)).ToArray();

        try
        {
            await Task.WhenAll(processes.Select(process => process.UntilAliveAsync()));
            await SubscribeAsync(world);

            foreach (var sweep in Enumerable.Range(1, Sweeps))
            {
                await world.Sandbox.AdvanceAsync("P1M");
                await KillSomeAsync(world, processes, sweep);
                await world.UntilIdle();

                // What a dead process may have sent is known after the quiet period and a look-up.
                await world.AdvanceAsync("PT11M");
                await world.AdvanceAsync("PT61M");
            }

            // On a slow machine a call runs into its time-out at any moment, also at the last one.
            await world.AdvanceAsync("PT61M");
            await world.AdvanceAsync("PT61M");
            await ProveAsync(world);
            await CountDeadlocksAsync(world);
        }
        finally
        {
            await Task.WhenAll(processes.Select(process => process.DisposeAsync().AsTask()));
        }
    }

    private static async Task SubscribeAsync(World world)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Subscriptions), new ParallelOptions { MaxDegreeOfParallelism = 48 }, async (_, _) =>
            {
                var subscriber = await Subscriber.PendingAtLast(world, Subscriber.Schedule(firstDueOn: "2030-02-01"));
                await world.Sandbox.ApproveAsync(subscriber.GatewayId);
            });

        await world.UntilIdle();
        Assert.Equal(
            Subscriptions, await world.QueryAsync<long>("select count(*) from subscriptions where status = 'open'"));
    }

    private async Task KillSomeAsync(World world, RunningProgram[] processes, int sweep)
    {
        // Each as soon as another part of the work is done, wherever it is then.
        foreach (var share in new[] { 0.2, 0.6 })
        {
            var until = (long)(((sweep - 1) * Subscriptions) + (share * Subscriptions));
            await Subscribers.Until(async () => await RequestedAsync(world) >= until);
            var victim = random.Next(processes.Length);
            await processes[victim].DisposeAsync();
            processes[victim] = Swarm.Start(world, NodesPerProcess[victim], Settings);
        }

        await Task.WhenAll(processes.Select(process => process.UntilAliveAsync()));
    }

    private static async Task ProveAsync(World world)
    {
        var unasked = await world.QueryAsync<string>(
            """
            select string_agg(story, '; ')
            from (select string_agg(concat_ws(' ', type, data->>'Reason', data->>'Symptom', data->>'Owner'),
                      ', ' order by version) as story
                  from mt_events group by stream_id
                  having bool_or(type = 'preapproval_opened')
                      and count(*) filter (where type = 'charge_requested') <> $1) one
            """,
            (long)Sweeps);
        Assert.True(unasked is null, $"Not asked for once a period: {unasked}");
        Assert.Equal(Subscriptions * Sweeps, await RequestedAsync(world));
        Assert.Equal(Subscriptions * Sweeps, await world.QueryAsync<long>(
            "select count(*) from (select distinct stream_id, data->'Charge'->'Period'->>'DueOn', "
            + "data->'Charge'->>'Attempt' from mt_events where type = 'charge_requested') attempts"));
        Assert.Equal(
            Subscriptions * Sweeps,
            await world.QueryAsync<long>("select count(*) from payment_history where status = 'charged'"));

        var ledger = (await world.Sandbox.LedgerAsync()).ToArray();
        Assert.Equal(Subscriptions * Sweeps, ledger.Length);
        Assert.All(
            ledger,
            charge => Assert.True(
                Witness.IsAskedBeforeSentAgain(charge!) && (int)charge!["captured"]! == 1, charge!.ToJsonString()));
        await Witness.ProveRecordsAsync(world);
    }

    // PostgreSQL ends one of the two transactions, which is then repeated: many of them cost throughput.
    private async Task CountDeadlocksAsync(World world)
    {
        var deadlocks = await world.QueryAsync<long>(
            "select deadlocks from pg_stat_database where datname = current_database()");
        output.WriteLine($"{deadlocks} deadlocks in {Subscriptions * Sweeps} charges.");

        Assert.True(deadlocks < Subscriptions * Sweeps / 100, $"{deadlocks} deadlocks.");
    }

    private static async Task<long> RequestedAsync(World world) =>
        await world.QueryAsync<long>("select count(*) from mt_events where type = 'charge_requested'");
}

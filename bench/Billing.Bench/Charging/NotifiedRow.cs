using System.Diagnostics;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;

namespace Billing.Bench.Charging;

/// <summary>Charges while the gateway notifies the service of each: both write to the same streams.</summary>
internal static class NotifiedRow
{
    private const int Due = 10_000;
    private const int Warm = 2;

    public static readonly Benchmark Row = new(
        "charges-notified", "charges while the gateway notifies the service of each", "charges/s",
        Pgbench.OneRowCommits, MeasureAsync);

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var world = await ChargeWorld.CreateAsync(run, new ChargeWorldPlan(Due) { IsNotified = true });
        var notifications = new StoredNotifications(world.Host);
        var costs = new ChargeCosts(run, world, Due);
        var backlogs = new List<double>();
        var deadlocks = await world.Queries.DeadlocksAsync();
        var rounds = await run.AlternateAsync(
            () => costs.MeasureAsync(MonthAsync),
            () => Pgbench.OneRowCommitsAsync(world.Host.DataSource, world.Host.ConnectionString, run.RoundTime), Warm);

        var thousands = world.Expected / 1_000.0;
        costs.Add("deadlocks", await world.Queries.DeadlocksAsync() - deadlocks);
        costs.Add("conflicts_per_1000", world.Service.Conflicts / thousands);
        costs.Add("unused_sequences_per_1000", await world.UnusedSequencesAsync() / thousands);
        costs.Add("backlog_s", Figures.Median(backlogs.TakeLast(rounds.Count)));
        var measured = await costs.CloseAsync(rounds);
        var counts = await notifications.CountAsync();
        var wrong = counts.All >= world.Expected && counts.Matched == counts.All
            ? null
            : $"{world.Expected:N0} charges, {counts.All:N0} notifications, {counts.Matched:N0} matched";

        return measured with { Wrong = measured.Wrong ?? wrong };

        async Task<double> MonthAsync()
        {
            var perSecond = await world.MonthAsync();
            var watch = Stopwatch.StartNew();
            await ChargeWorld.UntilAsync(
                async () => await world.Gateway.IsIdleAsync() && await notifications.AreAppliedAsync(),
                () => Task.FromResult("The notifications were not applied."));
            backlogs.Add(watch.Elapsed.TotalSeconds);
            run.Say($"the last notification was applied {backlogs[^1]:N1} s after the last charge");

            return perSecond;
        }
    }
}

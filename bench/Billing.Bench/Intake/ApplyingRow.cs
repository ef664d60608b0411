using System.Diagnostics;
using Billing.Bench.Charging;
using Billing.Bench.Harness;

namespace Billing.Bench.Intake;

/// <summary>How many notifications the service applies to streams. Each of them settles a payment.</summary>
internal static class ApplyingRow
{
    private const int PerRound = 5_000;
    private const int Warm = 2;

    public static readonly Benchmark Row = new(
        "intake-applying", $"{PerRound:N0} notifications that settle a payment each, until all are applied",
        "applied/s", Pgbench.OneRowCommits, MeasureAsync);

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var world = await NotificationWorld.CreateAsync(run, PerRound * (run.Rounds + Warm));
        var (load, sent) = (new NotificationLoad(), 0);
        var rounds = await run.AlternateAsync(
            async () =>
            {
                byte[][] requests = [.. Enumerable.Range(sent + 1, PerRound).Select(KnownNotifications.Payment)];
                sent += PerRound;
                var watch = Stopwatch.StartNew();
                var (took, seconds) = await load.OnceAsync(world.Service.Port, requests);
                run.Say($"answered in {seconds:N1} s; {await world.Stored.WaitingAsync():N0} wait to be applied");
                await world.UntilAppliedAsync();
                world.Add(took);

                return PerRound / watch.Elapsed.TotalSeconds;
            },
            () => Pgbench.OneRowCommitsAsync(world.Host.DataSource, world.Host.ConnectionString, run.RoundTime),
            Warm);
        var measured = await world.CloseAsync(run, rounds);
        var (recorded, different) = await new ChargeQueries(world.Host.DataSource, world.Host.Schema).ChargedAsync(0);
        var wrong = recorded == sent && different == sent
            ? null
            : $"{sent:N0} payments succeeded, {recorded:N0} are recorded, {different:N0} different ones";

        return measured with { Wrong = measured.Wrong ?? wrong };
    }
}

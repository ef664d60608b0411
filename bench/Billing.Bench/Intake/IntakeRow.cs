using Billing.Bench.Gateway;
using Billing.Bench.Harness;

namespace Billing.Bench.Intake;

/// <summary>How many notifications the service answers 204, which it does after they are durable.</summary>
internal static class IntakeRow
{
    private const int Preapprovals = 5_000;
    private const int Warm = 2;

    public static readonly Benchmark Row = new(
        "intake", $"notifications answered 204 after they are durable; {NotificationLoad.Connections} connections",
        "204s/s", "bare Kestrel that reads the body and answers 204", MeasureAsync)
    {
        Bar = 5_000,
    };

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var world = await NotificationWorld.CreateAsync(run, Preapprovals);
        var numbers = Enumerable.Range(1, Preapprovals);
        byte[][] requests =
            [.. numbers.Select(KnownNotifications.Preapproval), .. numbers.Select(KnownNotifications.Payment)];
        var self = typeof(IntakeRow).Assembly.Location;
        await using var bare = await ServerProcess.StartAsync([self, ConstantServer.Verb, "0", "204"], "");
        var (load, floor) = (new NotificationLoad(), new NotificationLoad());
        var rounds = await run.AlternateAsync(
            async () =>
            {
                var (service, postgres) = (world.Service.Cpu, await PostgresCpu.ReadAsync(world.Host.DataSource));
                var (took, seconds) = await load.ForAsync(world.Service.Port, requests, run.RoundTime);
                var ours = (world.Service.Cpu - service) / took.Count;
                var theirs = (await PostgresCpu.ReadAsync(world.Host.DataSource) - postgres) / took.Count;
                run.Say($"CPU each: service {ours.TotalMicroseconds:N0} µs, server {theirs.TotalMicroseconds:N0} µs");
                run.Say($"{await world.Stored.WaitingAsync():N0} wait to be applied");
                world.Add(took);

                // The floor is measured next: the service must be idle then.
                await world.UntilAppliedAsync();

                return took.Count / seconds;
            },
            async () =>
            {
                var (took, seconds) = await floor.ForAsync(bare.Port, requests, run.RoundTime);

                return took.Count / seconds;
            },
            Warm);

        return await world.CloseAsync(run, rounds);
    }
}

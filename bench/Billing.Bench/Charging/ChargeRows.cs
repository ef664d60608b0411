using Billing.Bench.Harness;

namespace Billing.Bench.Charging;

/// <summary>From being due to being recorded: sweep, decision, HTTP to the simulated gateway in its own process, outcome, both views, sealing and chain.</summary>
internal static class ChargeRows
{
    private const int Due = 10_000;
    private const int Subscriptions = 1_000_000;
    private const int GatewayMs = 300;
    private const int PerSecond = 1_157;
    private const int Seconds = 60;
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    public static readonly Benchmark Charges = new(
        "charges", $"{Due:N0} subscriptions fall due at once and are charged", "charges/s", "one-row insert commits by pgbench, 8 clients", 0.13, run => ByMonthsAsync(
            run, world => world.MonthAsync(), async world => await FloorAsync(world, run), warm: 2));

    public static readonly Benchmark Latency = new(
        "charges-latency", $"The same with a gateway that takes {GatewayMs} ms for each", "charges/s", "charges in the same world with a gateway that answers at once", 0.80, run => ByMonthsAsync(
            run, world => MonthAsync(world, GatewayMs), world => MonthAsync(world, 0), warm: 2));

    public static readonly Benchmark Sparse = new(
        "charges-sparse", $"The same where {Due:N0} of {Subscriptions:N0} subscriptions fall due", "charges/s", $"charges where all {Due:N0} of {Due:N0} fall due", 0.85, SparseAsync);

    public static readonly Benchmark Steady = new(
        "charges-steady", $"{PerSecond:N0} fall due each second, for {Seconds} s; p99 from due to recorded", "charges/s", null, null, SteadyAsync);

    private static async Task<Measured> ByMonthsAsync(BenchRun run, Func<ChargeWorld, Task<double>> value, Func<ChargeWorld, Task<double>> floor, int warm)
    {
        await using var world = await ChargeWorld.CreateAsync(run, Due);
        var rounds = await run.ByTurnsAsync(
            async () =>
            {
                var (service, gateway) = (world.Service.Cpu, world.Gateway.Cpu);
                var perSecond = await value(world);
                run.Say($"CPU per charge: {(world.Service.Cpu - service).TotalMicroseconds / Due:N0} µs of the service, {(world.Gateway.Cpu - gateway).TotalMicroseconds / Due:N0} µs of the simulated gateway");
                return perSecond;
            },
            () => floor(world),
            warm);
        return await MeasuredAsync(world, rounds);
    }

    private static async Task<Measured> SparseAsync(BenchRun run)
    {
        await using var all = await ChargeWorld.CreateAsync(run, Due);
        await using var few = await ChargeWorld.CreateAsync(run, Due, Subscriptions - Due);
        var rounds = await run.ByTurnsAsync(few.MonthAsync, all.MonthAsync, warm: 2);
        return await MeasuredAsync(few, rounds);
    }

    private static async Task<Measured> SteadyAsync(BenchRun run)
    {
        await using var world = await ChargeWorld.CreateAsync(run, PerSecond * Seconds, overSeconds: Seconds);
        var took = await world.SteadyMonthAsync(Lead, WarmUp);
        run.Say($"median {Figures.Median(took):N0} ms, p99 {Figures.P99(took):N0} ms, longest {took.Max():N0} ms of {took.Count:N0}");
        return await MeasuredAsync(world, [new Round(took.Count / (Seconds - WarmUp.TotalSeconds))]) with { P99Ms = Figures.P99(took) };
    }

    private static async Task<double> MonthAsync(ChargeWorld world, int gatewayMs)
    {
        await world.SlowDownAsync(gatewayMs);
        return await world.MonthAsync();
    }

    private static async Task<double> FloorAsync(ChargeWorld world, BenchRun run) => await Pgbench.PerSecondAsync(
        world.ConnectionString, "insert into floor (what) values ('one row, one commit');\n", 8, run.RoundTime);

    private static async Task<Measured> MeasuredAsync(ChargeWorld world, IReadOnlyList<Round> rounds)
    {
        var (twice, wrong) = await world.WitnessAsync();
        return new Measured(rounds, MaxRssMb: world.Service.MaxRssMb, Duplicates: twice, Wrong: wrong);
    }
}

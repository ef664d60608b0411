using Billing.Api.Operations.TransparencyLog;
using Billing.Bench.Harness;

namespace Billing.Bench.Charging;

/// <summary>From falling due to being recorded: sweep, decision, HTTP to the simulator, outcome.</summary>
internal static class ChargeRows
{
    private const int Due = 10_000;
    private const int PlainDue = 2_000;
    private const int Subscriptions = 1_000_000;
    private const int PastPeriods = 60;
    private const int GatewayMs = 300;
    private const int SlowMs = 30_000;
    private const double TroubledPercent = 1;
    private const double Untroubled = 0.97;
    private const int PerSecond = 1_157;
    private const double SteadyPart = 0.6;
    private const int Seconds = 60;
    private const int Warm = 2;

    // After 40,000 charges the runtime has compiled their code as it stays; a floor in the same service needs no more.
    private const int WarmBesideCommits = 4;
    private const string Unit = "charges/s";
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    public static readonly Benchmark Charges = new(
        "charges", $"{Due:N0} subscriptions fall due at once and are charged", Unit, Pgbench.OneRowCommits,
        run => BesideCommitsAsync(run, new ChargeWorldPlan(Due)))
    {
        Bar = 2_000, RatioBar = 0.14,
    };

    public static readonly Benchmark Plain = new(
        "charges-plain", $"{PlainDue:N0} fall due at once; one charge per message (Charging__PageSize=1)", Unit,
        Pgbench.OneRowCommits,
        run => BesideCommitsAsync(run, new ChargeWorldPlan(PlainDue) { PageSize = 1 }));

    public static readonly Benchmark Latency = new(
        "charges-latency", $"charges with a gateway that takes {GatewayMs} ms for each", Unit,
        "the same gateway answering at once", LatencyAsync)
    {
        RatioBar = 0.80,
    };

    public static readonly Benchmark Slow = new(
        "charges-slow", "charges where 1 % of the calls take 30 s and 1 % are reset; until 97 % are recorded", Unit,
        "the same gateway without trouble", SlowAsync)
    {
        RatioBar = 0.70,
    };

    public static readonly Benchmark Sparse = new(
        "charges-sparse", $"charges where {Due:N0} of {Subscriptions:N0} subscriptions fall due", Unit,
        $"all of {Due:N0} fall due",
        run => BesideChargesAsync(run, new ChargeWorldPlan(Due) { NotDue = Subscriptions - Due }))
    {
        RatioBar = 0.85,
    };

    public static readonly Benchmark Aged = new(
        "charges-aged", $"charges where each stream has {PastPeriods} paid periods", Unit,
        "streams without a past period",
        run => BesideChargesAsync(run, new ChargeWorldPlan(Due) { PastPeriods = PastPeriods }))
    {
        RatioBar = 0.70,
    };

    public static readonly Benchmark Logged = new(
        "charges-logged", "charges while the transparency log is written", Unit, "a world where it is not written",
        LoggedAsync)
    {
        RatioBar = 0.80,
    };

    public static readonly Benchmark Steady = new(
        "charges-steady",
        $"{PerSecond:N0} fall due each second for {Seconds} s, or 0.6 of the floor; p99 from due to recorded", Unit,
        $"{Due:N0} fall due at once", SteadyAsync);

    private static async Task<Measured> BesideCommitsAsync(BenchRun run, ChargeWorldPlan plan)
    {
        await using var world = await ChargeWorld.CreateAsync(run, plan);
        var costs = new ChargeCosts(run, world, plan.Due);
        var rounds = await run.AlternateAsync(
            () => costs.MeasureAsync(() => world.MonthAsync()),
            () => Pgbench.OneRowCommitsAsync(world.Host.DataSource, world.Host.ConnectionString, run.RoundTime),
            WarmBesideCommits);

        return await costs.CloseAsync(rounds);
    }

    private static async Task<Measured> BesideChargesAsync(BenchRun run, ChargeWorldPlan plan)
    {
        await using var floor = await ChargeWorld.CreateAsync(run, new ChargeWorldPlan(plan.Due));
        await using var world = await ChargeWorld.CreateAsync(run, plan);
        var costs = new ChargeCosts(run, world, plan.Due);
        var rounds = await run.AlternateAsync(
            () => costs.MeasureAsync(() => world.MonthAsync()), () => floor.MonthAsync(), Warm);

        return await costs.CloseAsync(rounds);
    }

    private static async Task<Measured> LatencyAsync(BenchRun run)
    {
        await using var world = await ChargeWorld.CreateAsync(run, new ChargeWorldPlan(Due));
        var costs = new ChargeCosts(run, world, Due);
        var rounds = await run.AlternateAsync(
            () => costs.MeasureAsync(() => MonthAsync(GatewayMs)), () => MonthAsync(0), Warm);

        return await costs.CloseAsync(rounds);

        async Task<double> MonthAsync(int milliseconds)
        {
            await world.Gateway.DelayChargesAsync(milliseconds);

            return await world.MonthAsync();
        }
    }

    private static async Task<Measured> SlowAsync(BenchRun run)
    {
        await using var world = await ChargeWorld.CreateAsync(run, new ChargeWorldPlan(Due) { IsTroubled = true });
        var costs = new ChargeCosts(run, world, Due);
        var rounds = await run.AlternateAsync(
            () => costs.MeasureAsync(() => MonthAsync(TroubledPercent)), () => MonthAsync(0));
        costs.Add("looked_up_unsent", (await world.Gateway.TotalsAsync()).LookedUpUnsent);

        return await costs.CloseAsync(rounds);

        async Task<double> MonthAsync(double percent)
        {
            await world.Gateway.TroubleChargesAsync(percent, SlowMs);

            return await world.MonthAsync(Untroubled);
        }
    }

    private static async Task<Measured> LoggedAsync(BenchRun run)
    {
        await using var unlogged = await ChargeWorld.CreateAsync(run, new ChargeWorldPlan(Due));
        await using var world = await ChargeWorld.CreateAsync(run, new ChargeWorldPlan(Due));
        var costs = new ChargeCosts(run, world, Due);

        // PostgreSQL leaves the service's insert out, with what it reads and hashes.
        await unlogged.Queries.ExecuteAsync(
            $"create rule unlogged as on insert to {EntriesOf(unlogged)} do instead nothing");
        var rounds = await run.AlternateAsync(
            () => costs.MeasureAsync(() => world.MonthAsync()), () => unlogged.MonthAsync(), Warm);
        await ChargeWorld.UntilAsync(
            () => world.Queries.IsLoggedAsync(EntriesOf(world)), () => Task.FromResult("Events were not logged."));

        return await costs.CloseAsync(rounds);

        static string EntriesOf(ChargeWorld of) => $"{of.Host.Schema}.{LogTables.Entries}";
    }

    private static async Task<Measured> SteadyAsync(BenchRun run)
    {
        var atOnce = await AtOnceAsync(run);
        var perSecond = Math.Min(PerSecond, (int)(SteadyPart * atOnce));
        var plan = new ChargeWorldPlan(perSecond * Seconds) { OverSeconds = Seconds };
        await using var world = await ChargeWorld.CreateAsync(run, plan);
        var costs = new ChargeCosts(run, world, plan.Due);
        var (rounds, delays) = (new List<Round>(), new List<double>());

        while (rounds.Count < run.Rounds)
        {
            rounds.Add(new Round(await costs.MeasureAsync(RoundAsync), atOnce));
            run.Say($"round {rounds.Count}: {rounds[^1].Value:N1}, p99 {Figures.P99(delays):N0} ms so far");
        }

        costs.Add("offered_per_s", perSecond);
        costs.Add("median_ms", Figures.Median(delays));
        costs.Add("p99_ms", Figures.P99(delays));
        costs.Add("longest_ms", delays.Max());

        return await costs.CloseAsync(rounds);

        async Task<double> RoundAsync()
        {
            var ofRound = await world.SteadyMonthAsync(Lead, WarmUp);
            delays.AddRange(ofRound);

            return ofRound.Count / (Seconds - WarmUp.TotalSeconds);
        }
    }

    private static async Task<double> AtOnceAsync(BenchRun run)
    {
        await using var world = await ChargeWorld.CreateAsync(run, new ChargeWorldPlan(Due));

        for (var month = 0; month < Warm; month++)
        {
            await world.MonthAsync();
        }

        return await world.MonthAsync();
    }
}

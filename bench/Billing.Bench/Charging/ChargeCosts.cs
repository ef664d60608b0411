using Billing.Bench.Harness;

namespace Billing.Bench.Charging;

/// <summary>What a charge costs beside its time, and the check that nothing was lost or doubled.</summary>
/// <param name="due">Charges of one round.</param>
internal sealed class ChargeCosts(BenchRun run, ChargeWorld world, int due)
{
    private readonly Dictionary<string, double> figures = [];
    private readonly List<double> cpu = [];

    /// <summary>Runs a round and notes the CPU time of the service for each charge.</summary>
    public async Task<double> MeasureAsync(Func<Task<double>> round)
    {
        var (service, gateway) = (world.Service.Cpu, world.Gateway.Process.Cpu);
        var value = await round();
        cpu.Add((world.Service.Cpu - service).TotalMicroseconds / due);
        var theirs = (world.Gateway.Process.Cpu - gateway).TotalMicroseconds / due;
        run.Say($"CPU per charge: service {cpu[^1]:N0} µs, simulated gateway {theirs:N0} µs");

        return value;
    }

    public void Add(string name, double figure) => figures[name] = figure;

    public async Task<Measured> CloseAsync(IReadOnlyList<Round> rounds)
    {
        var (twice, wrong) = await world.CheckAsync();
        Add("service_cpu_us", Figures.Median(cpu.TakeLast(rounds.Count)));
        Add("max_rss_mb", world.Service.MaxRssMb);
        Add("duplicates", twice);
        Add("conflicts", world.Service.Conflicts);

        return new Measured(rounds, wrong) { Figures = figures };
    }
}

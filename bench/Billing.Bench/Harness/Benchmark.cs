namespace Billing.Bench.Harness;

/// <summary>One row of the table: what is measured, beside what.</summary>
/// <param name="Name">What `./billing bench NAME` calls it.</param>
/// <param name="What">One line for the table.</param>
/// <param name="Unit">Of value and floor, for example events/s. More is better.</param>
/// <param name="Floor">What the floor is; null: this row has none.</param>
/// <param name="AtLeast">What it must reach: of the ratio where there is a floor, else of the value. Null: nothing is asked.</param>
internal sealed record Benchmark(string Name, string What, string Unit, string? Floor, double? AtLeast, Func<BenchRun, Task<Measured>> MeasureAsync);

/// <summary>One round: what we did in it, and what the floor did right beside it.</summary>
internal readonly record struct Round(double Value, double? Floor = null)
{
    public double? Ratio => Value / Floor;
}

/// <param name="Wrong">What was lost, doubled or out of order; null: nothing was.</param>
internal sealed record Measured(IReadOnlyList<Round> Rounds, double? P99Ms = null, double? MaxRssMb = null, long? Duplicates = null, string? Wrong = null);

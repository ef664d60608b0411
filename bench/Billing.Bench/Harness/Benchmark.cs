namespace Billing.Bench.Harness;

/// <summary>One row of the table: what is measured, and its floor.</summary>
/// <param name="Name">What `./billing bench NAME` calls it.</param>
/// <param name="What">One line for the table.</param>
/// <param name="Unit">Of value and floor, for example charges/s.</param>
/// <param name="Floor">What the floor is; null: this row has none.</param>
internal sealed record Benchmark(
    string Name, string What, string Unit, string? Floor, Func<BenchRun, Task<Measured>> MeasureAsync)
{
    /// <summary>The value that is expected; shown beside it. Null: none.</summary>
    public double? Bar { get; init; }

    /// <summary>The ratio of value and floor that is expected; shown beside it. Null: none.</summary>
    public double? RatioBar { get; init; }
}

/// <summary>One round: the value, and the floor measured right before it.</summary>
internal readonly record struct Round(double Value, double? Floor = null)
{
    public double? Ratio => Value / Floor;
}

/// <param name="Wrong">What was lost, doubled or recorded wrongly; null: nothing. It makes the exit code 1.</param>
internal sealed record Measured(IReadOnlyList<Round> Rounds, string? Wrong = null)
{
    /// <summary>Further figures by their snake_case name, which ends in the unit.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();
}

namespace Billing.Bench.Harness;

internal static class Figures
{
    /// <exception cref="InvalidOperationException">Nothing was measured.</exception>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();

        return sorted.Count == 0
            ? throw new InvalidOperationException("Nothing was measured.")
            : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <exception cref="InvalidOperationException">Nothing was measured.</exception>
    public static double P99(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();

        return sorted.Count == 0
            ? throw new InvalidOperationException("Nothing was measured.")
            : sorted[(int)Math.Ceiling(sorted.Count * 0.99) - 1];
    }

    /// <summary>Largest minus smallest, in parts of the median.</summary>
    public static double Spread(IReadOnlyCollection<double> values) => (values.Max() - values.Min()) / Median(values);
}

using Billing.Bench.Harness;

namespace Billing.Bench;

/// <summary>Table of contents: every row of `./billing bench`, in the order it runs.</summary>
internal static class Benchmarks
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
    ];
}

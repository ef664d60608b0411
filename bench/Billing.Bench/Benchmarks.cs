using Billing.Bench.Harness;
using Billing.Bench.Replaying;

namespace Billing.Bench;

/// <summary>Table of contents: every row of `./billing bench`, in the order it runs.</summary>
internal static class Benchmarks
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("replay-log", "2 M events, every hash recomputed, every event folded", "events/s", "bare Npgsql read of the same rows in the same order", null, Replays.LogAsync),
        new("rebuild", "payment_history from 1 M events, swapped in with its indexes", "events/s", "bare Npgsql read of what a fold reads, in the same order", null, Replays.RebuildAsync),
    ];
}

using Billing.Bench.Harness;
using Billing.Bench.Messages;

namespace Billing.Bench;

/// <summary>Table of contents: every row of `./billing bench`, in the order it runs.</summary>
internal static class Benchmarks
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        EnqueueMessages.Row,
        WorkMessages.Network,
        WorkMessages.Aggregate,
        WorkPinnedMessages.Row,
        WorkBacklog.Waiting,
        WorkBacklog.Scheduled,
    ];
}

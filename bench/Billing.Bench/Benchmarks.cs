using Billing.Bench.Appending;
using Billing.Bench.Charging;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Billing.Bench.Intake;
using Billing.Bench.Messages;
using Billing.Bench.Plans;
using Billing.Bench.Replaying;

namespace Billing.Bench;

/// <summary>Table of contents: every row of `./billing bench`, in the order it runs.</summary>
internal static class Benchmarks
{
    private const string OneRowCommits = "one-row insert commits through Npgsql, 8 connections";

    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("append-existing", "load, check the version, append 1 event; chain, guards, both views", "appends/s", OneRowCommits, 0.25, Appends.ExistingAsync),
        new("append-new", "a new stream of 2 events; chain, sealing, guards, both views", "streams/s", OneRowCommits, 0.28, Appends.NewAsync),
        new("append-many", "1 event to each of 200 streams per call, one caller", "events/s", "event rows, 500 per statement, by pgbench, 1 client", 0.40, Appends.ManyAsync),
        new("read-stream", "100 events of one stream, folded, 8 connections", "streams/s", "bare Npgsql read of the same rows", 0.80, Reads.StreamAsync),
        EnqueueMessages.Row,
        WorkMessages.Network,
        WorkMessages.Aggregate,
        WorkPinnedMessages.Row,
        WorkBacklog.Waiting,
        WorkBacklog.Scheduled,
        new("replay-log", "2 M events, every hash recomputed, every event folded", "events/s", "bare Npgsql read of the same rows in the same order", null, Replays.LogAsync),
        new("rebuild", "payment_history from 1 M events, swapped in with its indexes", "events/s", "bare Npgsql read of what a fold reads, in the same order", null, Replays.RebuildAsync),
        PlanRow.Row,
        ChargeRows.Charges,
        ChargeRows.Latency,
        ChargeRows.Sparse,
        ChargeRows.Steady,
        SandboxPayments.Row,
        SandboxPayments.Unreachable,
        NotificationRows.Intake,
        NotificationRows.Applying,
    ];
}

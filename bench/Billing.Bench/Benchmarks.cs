using Billing.Bench.Auditing;
using Billing.Bench.Charging;
using Billing.Bench.Creating;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Billing.Bench.Importing;
using Billing.Bench.Intake;
using Billing.Bench.Pricing;
using Billing.Bench.Starting;

namespace Billing.Bench;

/// <summary>Table of contents: every row of `./billing bench`, in the order it runs.</summary>
internal static class Benchmarks
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        ChargeRows.Charges,
        ChargeRows.Plain,
        ChargeRows.Latency,
        ChargeRows.Slow,
        ChargeRows.Sparse,
        ChargeRows.Aged,
        ChargeRows.Steady,
        ChargeRows.Logged,
        NotifiedRow.Row,
        IntakeRow.Row,
        ApplyingRow.Row,
        CreateRow.Row,
        PricesRow.Row,
        ImportRow.Row,
        VerifyRow.Row,
        LogRow.Row,
        RebuildRow.Row,
        StartRow.Row,
        SandboxPayments.Row,
        SandboxPayments.Unreachable,
    ];
}

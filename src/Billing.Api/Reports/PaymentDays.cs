using Billing.Domain.Reports;

namespace Billing.Api.Reports;

/// <summary>Totals by site, day in UTC and currency.</summary>
public sealed class PaymentDays
{
    private readonly Dictionary<(string Site, DateOnly Day, string Currency), PaymentTotals> rows = [];

    public IReadOnlyDictionary<(string Site, DateOnly Day, string Currency), PaymentTotals> Rows => rows;

    public void Add(string site, PaymentMovement movement)
    {
        var key = (site, movement.Day, movement.Currency);
        rows[key] = rows.GetValueOrDefault(key) + movement.Totals;
    }

    /// <param name="sums">In the order of <see cref="ReportTables.Sums"/>.</param>
    public static PaymentTotals TotalsOf(long[] sums) => new(
        sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], sums[8], sums[9], sums[10], sums[11],
        sums[12]);

    /// <summary>In the order of <see cref="ReportTables.Sums"/>.</summary>
    public static long[] SumsOf(PaymentTotals it) =>
    [
        it.ChargedCount, it.ChargedMinor, it.FailedCount, it.RefundedCount, it.RefundedMinor, it.DisputesOpened,
        it.DisputesWon, it.DisputesLost, it.LostMinor, it.ChargedBackCount, it.ChargedBackMinor, it.ReversedCount,
        it.ReversedMinor,
    ];
}

using Billing.Domain.Preapprovals;

namespace Billing.Domain.Reports;

/// <summary>Numbers of payments and sums in minor units of one currency; a difference of two may be negative.</summary>
/// <param name="FailedCount">Charges that failed, also where one succeeded later after all.</param>
/// <param name="LostMinor">
/// What lost disputes took back. A chargeback or reversal that follows moves it to a column of its own.
/// </param>
public readonly record struct PaymentTotals(
    long ChargedCount, long ChargedMinor, long FailedCount, long RefundedCount, long RefundedMinor,
    long DisputesOpened, long DisputesWon, long DisputesLost, long LostMinor, long ChargedBackCount,
    long ChargedBackMinor, long ReversedCount, long ReversedMinor)
{
    /// <summary>What the merchant has kept.</summary>
    public long NetMinor => ChargedMinor - RefundedMinor - LostMinor - ChargedBackMinor - ReversedMinor;

    public static PaymentTotals operator +(PaymentTotals one, PaymentTotals other) => Add(one, other, 1);

    public static PaymentTotals operator -(PaymentTotals one, PaymentTotals other) => Add(one, other, -1);

    /// <summary>What one charge adds to the totals, as far as it is known.</summary>
    public static PaymentTotals Of(Charge? charge) => charge is null ? default : new(
        charge.State is MoneyState.Charged ? 1 : 0,
        charge.PaidMinor,
        charge.State is MoneyState.Failed ? 1 : 0,
        RefundsOf(charge),
        charge.RefundedMinor,
        Named(charge, PostPaymentFact.Disputed, dispute => dispute.WasOpened),
        Named(charge, PostPaymentFact.DisputeWon, dispute => dispute.IsWon),
        Named(charge, PostPaymentFact.DisputeLost, dispute => dispute.IsLost),
        !charge.Has(PostPaymentFact.Reversed) && !charge.Has(PostPaymentFact.ChargedBack) ? charge.TakenBackMinor : 0,
        charge.Has(PostPaymentFact.ChargedBack) ? 1 : 0,
        charge.Has(PostPaymentFact.ChargedBack) && !charge.Has(PostPaymentFact.Reversed) ? charge.TakenBackMinor : 0,
        charge.Has(PostPaymentFact.Reversed) ? 1 : 0,
        charge.Has(PostPaymentFact.Reversed) ? charge.TakenBackMinor : 0);

    // The payment's own status and a dispute's own update say the same thing twice.
    private static long Named(Charge charge, PostPaymentFact fact, Func<Dispute, bool> isIt) =>
        Math.Max(charge.Has(fact) ? 1 : 0, charge.Disputes.Values.Count(isIt));

    // All went back, and no named refund explains the rest of it: that counts as one more.
    private static long RefundsOf(Charge charge) =>
        charge.Refunds.Values.Count(refund => refund.State is RefundState.Refunded)
            + (charge.Has(PostPaymentFact.Refunded) && charge.NamedRefundsMinor < charge.PaidMinor ? 1 : 0);

    private static PaymentTotals Add(PaymentTotals one, PaymentTotals other, long sign) => new(
        one.ChargedCount + (sign * other.ChargedCount), one.ChargedMinor + (sign * other.ChargedMinor),
        one.FailedCount + (sign * other.FailedCount), one.RefundedCount + (sign * other.RefundedCount),
        one.RefundedMinor + (sign * other.RefundedMinor), one.DisputesOpened + (sign * other.DisputesOpened),
        one.DisputesWon + (sign * other.DisputesWon), one.DisputesLost + (sign * other.DisputesLost),
        one.LostMinor + (sign * other.LostMinor), one.ChargedBackCount + (sign * other.ChargedBackCount),
        one.ChargedBackMinor + (sign * other.ChargedBackMinor), one.ReversedCount + (sign * other.ReversedCount),
        one.ReversedMinor + (sign * other.ReversedMinor));
}

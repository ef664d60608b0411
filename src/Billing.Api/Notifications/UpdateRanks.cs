using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifications;

/// <summary>Ranks what a notification says, what is known and what the gateway shows: states only rise.</summary>
internal static class UpdateRanks
{
    private const int Unranked = 0;
    private const string Duplicate = "duplicate";
    private const string Stale = "stale";
    private const string Unrecognised = "unrecognised";

    /// <summary>Whether the gateway, when asked, shows a lower status than the notification.</summary>
    public static bool SaysLess(PaymentSnapshot notified, PaymentSnapshot shown) =>
        RankOf(shown.State) < RankOf(notified.State);

    /// <inheritdoc cref="SaysLess(PaymentSnapshot, PaymentSnapshot)"/>
    public static bool SaysLess(MandateSnapshot notified, MandateSnapshot shown) =>
        RankOf(shown.Status) < RankOf(notified.Status);

    /// <summary>The outcome of a notification that records nothing: duplicate, stale or unrecognised.</summary>
    public static string OutcomeOf(Charge known, PaymentSnapshot notified) =>
        OutcomeOf(RankOf(notified.State), RankOf(known));

    /// <inheritdoc cref="OutcomeOf(Charge, PaymentSnapshot)"/>
    public static string OutcomeOf(PreapprovalStatus known, MandateSnapshot notified) =>
        OutcomeOf(RankOf(notified.Status), RankOf(known));

    /// <inheritdoc cref="OutcomeOf(Charge, PaymentSnapshot)"/>
    public static string OutcomeOf(Refund? known, RefundSnapshot notified) => (notified.Status, known?.State) switch
    {
        (RefundStatus.Unrecognised, _) => Unrecognised,
        (RefundStatus.Pending, > RefundState.Pending) or (RefundStatus.Failed, RefundState.Refunded) => Stale,
        _ => Duplicate,
    };

    /// <inheritdoc cref="OutcomeOf(Charge, PaymentSnapshot)"/>
    public static string OutcomeOf(DisputeSnapshot notified) =>
        notified.Status is PaymentStatus.Unrecognised ? Unrecognised : Duplicate;

    private static string OutcomeOf(int notified, int known) =>
        notified == Unranked ? Unrecognised : notified < known ? Stale : Duplicate;

    private static int RankOf(PaymentStatus status) => status switch
    {
        PaymentStatus.Unrecognised => Unranked,
        PaymentStatus.Pending or PaymentStatus.UnderReview => 1,
        PaymentStatus.Failed => 2,
        PaymentStatus.Charged => 3,
        _ => 4,
    };

    private static int RankOf(Charge charge) => charge switch
    {
        { Facts.Count: > 0 } => 4,
        { State: MoneyState.Charged } => 3,
        { State: MoneyState.Failed } => 2,
        { State: MoneyState.Pending } => 1,
        _ => Unranked,
    };

    private static int RankOf(MandateStatus? status) => status switch
    {
        MandateStatus.Pending => 1,
        MandateStatus.Open => 2,
        MandateStatus.Closed => 3,
        _ => Unranked,
    };

    private static int RankOf(PreapprovalStatus status) => status switch
    {
        PreapprovalStatus.Pending => 1,
        PreapprovalStatus.Open or PreapprovalStatus.Closing => 2,
        PreapprovalStatus.Closed => 3,
        _ => Unranked,
    };
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;

namespace Billing.Domain.Archiving;

/// <summary>Whether a closed preapproval is over: no further update of it is to be expected.</summary>
/// <remarks>
/// A careful guess and no promise: an update that comes all the same is recorded, and takes the stream out of the
/// archive.
/// </remarks>
public static class ArchiveRule
{
    /// <summary>
    /// [?] Stated nowhere: how long refunds and disputes of cards and wallets go on. Half a year is longer than the
    /// schemes' own terms (120 days).
    /// </summary>
    public static readonly TimeSpan AtLeastQuiet = TimeSpan.FromDays(180);

    /// <summary>Why it stays where it is, in snake_case; null when it may be archived.</summary>
    /// <param name="state">Folded from all of the events: a snapshot seldom suffices.</param>
    /// <param name="lastEventAt">When the last of them happened; business time.</param>
    /// <param name="profiles">Of each method: how long customers may take money back.</param>
    /// <param name="now">Business time.</param>
    public static string? WhyKept(
        Preapproval state, DateTimeOffset lastEventAt, MethodProfiles profiles, DateTimeOffset now)
    {
        if (state.Status is not PreapprovalStatus.Closed)
        {
            return "not_closed";
        }

        if (state.Unsettled is not null)
        {
            return "operation_unsettled";
        }

        if (!state.HoldsAll)
        {
            throw new NeedsFullHistoryException("every charge");
        }

        if (state.Charges.Values.Any(charge => charge.IsUnsettled || charge.State is MoneyState.Pending))
        {
            return "charge_unsettled";
        }

        if (state.Charges.Values.Any(charge => charge.Refunds.Values.Any(
            refund => refund.State is not (RefundState.Refunded or RefundState.Failed))))
        {
            return "refund_under_way";
        }

        if (state.Charges.Values.Any(charge => charge.Standing is PaymentStatus.Disputed))
        {
            return "dispute_open";
        }

        return now - lastEventAt < Window(profiles.Of(state.Terms.MethodId)) ? "money_may_go_back" : null;
    }

    // Counted from the last event of any kind, which comes after the last success.
    private static TimeSpan Window(MethodProfile profile)
    {
        var reversals = TimeSpan.FromDays(profile.PendingWindowDays + profile.ReversalDays);

        return reversals > AtLeastQuiet ? reversals : AtLeastQuiet;
    }
}

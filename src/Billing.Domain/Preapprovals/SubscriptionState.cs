namespace Billing.Domain.Preapprovals;

/// <summary>How a subscription is doing, for people.</summary>
/// <param name="Name">pending, active, past_due, paused, suspended, completed, closing or closed.</param>
/// <param name="Reason">snake_case; null where the name says all.</param>
public sealed record SubscriptionState(string Name, string? Reason)
{
    /// <summary>
    /// The first that holds: closed, closing, pending, suspended, completed, paused, past_due, active.
    /// </summary>
    /// <param name="now">Business time.</param>
    public static SubscriptionState Of(Preapproval preapproval, DateTimeOffset now) =>
        OfPresent(preapproval.At(now), now);

    private static SubscriptionState OfPresent(Preapproval state, DateTimeOffset now) => state switch
    {
        { Status: PreapprovalStatus.Refused } => new("closed", "refused"),
        { Status: PreapprovalStatus.Abandoned } => new("closed", "abandoned"),
        { Status: PreapprovalStatus.Closed } => new("closed", ClosedReason(state)),
        { Status: PreapprovalStatus.Closing } => new("closing", ByMerchant(state)),
        { Status: PreapprovalStatus.Requested } => new("pending", "waits_for_gateway"),
        { Status: PreapprovalStatus.Pending } => new("pending", "waits_for_customer"),
        { Suspension: { } suspension } => new("suspended", suspension.Reason),
        { Unpaid.IsEmpty: true } when EndOf(state, now) is { } end => new("completed", end),
        _ when state.PausedAt(now) is not null => new("paused", "paused_by_merchant"),
        { Unpaid.IsEmpty: false } => new("past_due", Unpaid(state)),
        { Schedule: null } => new("active", "no_schedule"),
        _ => new("active", null),
    };

    private static string ClosedReason(Preapproval state) =>
        state.ClosedBy is ClosedBy.Customer ? "closed_by_customer" : ByMerchant(state);

    private static string ByMerchant(Preapproval state) => state.CloseReason ?? "closed_by_merchant";

    private static string Unpaid(Preapproval state) =>
        state.Unpaid.Keys.Any(dueOn => IsUnderWay(state, new Period(dueOn))) ? "retry_under_way"
        : state.Unpaid.Keys.Any(state.Retries.ContainsKey) ? "retry_waits"
        : PreapprovalDecider.RetriesUsed;

    private static bool IsUnderWay(Preapproval state, Period period) =>
        state.AttemptsAt(period).Any(attempt => attempt.IsUnsettled || attempt.State is MoneyState.Pending);

    // No due date is left that may be charged, and nothing of those before is open. A skip of a date to come may still
    // be taken back.
    private static string? EndOf(Preapproval state, DateTimeOffset now) => state switch
    {
        { Schedule: null } or { Retries.IsEmpty: false } => null,
        _ when state.Undecided.Any(due => due.At > now || !state.Skipped.Contains(due.On)) => null,
        _ when state.Charges.Values.Any(charge =>
            charge.Id.Period is not null && (charge.IsUnsettled || charge.State is MoneyState.Pending)) => null,
        { PeriodsLeft: 0 } => "periods_used",
        _ => "end_date_passed",
    };
}

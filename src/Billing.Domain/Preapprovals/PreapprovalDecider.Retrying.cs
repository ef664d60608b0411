using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <remarks>What the merchant may do about an unpaid period: have it tried again now, or give it up.</remarks>
public static partial class PreapprovalDecider
{
    /// <summary>Why no retry follows: the merchant has given the period up.</summary>
    public const string GivenUpReason = "skipped";

    /// <summary>
    /// The most attempts at one period, those asked for by hand included: twice what a profile may plan. Before each
    /// one the gateway is asked for all earlier ones, and a snapshot holds them while one waits.
    /// </summary>
    public const int MostAttempts = 20;

    /// <summary>Has an unpaid period charged again as soon as its earlier attempts were looked up.</summary>
    /// <param name="dueOn">Null: the oldest unpaid period.</param>
    /// <returns>A waiting retry, due now; else one more attempt. Nothing where one is due already.</returns>
    /// <exception cref="RuleViolation">
    /// preapproval_not_open, suspended, paused, nothing_unpaid, period_not_unpaid, attempt_under_way,
    /// too_many_attempts, mandate_lapsed, amount_over_cap.
    /// </exception>
    public static PreapprovalEvent[] RetryNow(
        Preapproval state, DateOnly? dueOn, DateTimeOffset now, MethodProfiles? profiles = null)
    {
        var period = UnpaidPeriodOf(state, dueOn, now);
        var profile = ProfileOf(state, profiles);
        var policy = profile.Retries;
        MandateLimits.CheckCharge(state, state.Unpaid[period.DueOn].Amount, profile, now);

        if (state.Retries.TryGetValue(period.DueOn, out var waiting))
        {
            CheckSettled(state, period);

            return waiting.DueAt <= now
                ? []
                : [new RetryScheduled(state.Id, period, waiting.Attempt, now, policy.Version, now)];
        }

        if (!state.HoldsAll)
        {
            throw new NeedsFullHistoryException($"all attempts at the period due on {period.DueOn:O}");
        }

        CheckSettled(state, period);
        var next = state.AttemptsAt(period).Last().Id.Attempt + 1;

        return next > MostAttempts
            ? throw new RuleViolation(
                "too_many_attempts",
                $"This period was tried {MostAttempts} times, the most that are made. Charge on demand, or skip it.")
            : [new RetryScheduled(state.Id, period, next, now, policy.Version, now)];
    }

    private static Period UnpaidPeriodOf(Preapproval state, DateOnly? dueOn, DateTimeOffset now) => state switch
    {
        { Status: not PreapprovalStatus.Open } => throw new RuleViolation(
            "preapproval_not_open", "Only an open subscription is charged, so nothing is retried of this one."),
        { Suspension: not null } => throw new RuleViolation(
            "suspended", "Charging is suspended: resume the subscription first, then retry."),
        _ when state.PausedAt(now) is not null => throw new RuleViolation(
            "paused", "The subscription is paused: resume it first, then retry."),
        { Unpaid.IsEmpty: true } => throw new RuleViolation(
            "nothing_unpaid", "No period is unpaid after a failed attempt, so there is nothing to retry."),
        _ when dueOn is { } asked && !state.Unpaid.ContainsKey(asked) => throw new RuleViolation(
            "period_not_unpaid",
            "That date is not one of an unpaid period. Leave dueOn out to retry the oldest one."),
        _ => new Period(dueOn ?? state.Unpaid.Keys.First()),
    };

    private static void CheckSettled(Preapproval state, Period period)
    {
        if (!HaveAllFailed(state, period))
        {
            throw new RuleViolation(
                "attempt_under_way",
                "An attempt at this period is under way. Wait for its outcome; it may still take the money.");
        }
    }

    private static bool HaveAllFailed(Preapproval state, Period period) =>
        state.AttemptsAt(period).All(attempt => attempt.State is MoneyState.Failed or MoneyState.Stopped);

    // An unpaid period without a retry to come; what is in flight or pending is always held.
    private static RetriesExhausted? GivenUp(Preapproval state, DateOnly? dueOn, DateTimeOffset now) =>
        dueOn is { } asked && state.Status is PreapprovalStatus.Open
            && state.Unpaid.GetValueOrDefault(asked) is { } unpaid && HaveAllFailed(state, new Period(asked))
            ? new(state.Id, new Period(asked), unpaid.Attempts, GivenUpReason, 0, now)
            : null;
}

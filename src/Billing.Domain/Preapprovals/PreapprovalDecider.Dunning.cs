using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <remarks>What follows when the retries of a period have ended and none took the money.</remarks>
public static partial class PreapprovalDecider
{
    /// <summary>Why the service asks for a close by itself.</summary>
    public const string Dunning = "dunning";

    /// <summary>Why charging is suspended: the retries of a period have ended without money.</summary>
    public const string RetriesUsed = "retries_exhausted";

    /// <summary>Asks for the close that the end of a period's dunning has decided.</summary>
    /// <param name="attempts">The last attempt, as in <see cref="DunningEnded"/>.</param>
    /// <returns>Nothing where the period was paid, given up or tried again since, or a close was asked for.</returns>
    public static PreapprovalEvent[] CloseAfterDunning(
        Preapproval state, Period period, int attempts, DateTimeOffset now, DateTimeOffset windowStart) =>
        IsToClose(state, period, attempts) ? RequestClose(state, now, windowStart, Dunning) : [];

    /// <summary>Whether <see cref="CloseAfterDunning"/> has anything to decide.</summary>
    public static bool IsToClose(Preapproval state, Period period, int attempts) =>
        state.Status is PreapprovalStatus.Open
        && state.Unpaid.GetValueOrDefault(period.DueOn) is { IsToClose: true } unpaid && unpaid.Attempts == attempts;

    private static PreapprovalEvent[] AfterCalledFailed(
        Preapproval state, Charge charge, RetryPolicy policy, DateTimeOffset now)
    {
        var next = NextAttempt(state, charge, OutcomeClass.DeclinedForNow, policy, now);
        var ended = DunningEnd(state, charge, OutcomeClass.DeclinedForNow, next, now);

        return
        [
            .. next,
            .. ended,
            .. SuspendedAfter(
                state, charge, ReasonToSuspend(OutcomeClass.DeclinedForNow, ended), next.Length > 0, now),
        ];
    }

    // A retry that the mandate does not allow is as good as one that failed: it ends the period's dunning.
    private static PreapprovalEvent[] AfterLimit(Preapproval state, RetriesExhausted reached, DateTimeOffset now)
    {
        var last = state.AttemptsAt(reached.Period).Last();
        var ended = DunningEnd(state, last, OutcomeClass.DeclinedForNow, [reached], now);

        return
        [
            reached,
            .. ended,
            .. SuspendedAfter(
                state, last, ReasonToSuspend(OutcomeClass.DeclinedForNow, ended), hasEndedItsPeriod: true, now),
        ];
    }

    // Only where the retries of a due date have just ended, because they are used up or no other would succeed.
    private static PreapprovalEvent[] DunningEnd(
        Preapproval state, Charge charge, OutcomeClass outcome, PreapprovalEvent[] next, DateTimeOffset now) =>
        next is [RetriesExhausted
        {
            Reason: "attempts_used" or "declined_for_good" or "refused" or MandateLimits.OverCap
                    or MandateLimits.Lapsed
        } ended]
            && state is { Status: PreapprovalStatus.Open or PreapprovalStatus.Closing, Schedule: { } schedule }
            ? [
                new DunningEnded(
                    state.Id, ended.Period, charge.Amount, ended.Attempts,
                    ActionOf(state, charge, outcome, schedule.AfterRetries), now)
            ]
            : [];

    // A close cannot be undone, and a refusal is a fault of what we sent: a person has to look at that first.
    private static AfterRetries ActionOf(
        Preapproval state, Charge charge, OutcomeClass outcome, AfterRetries rule) => (rule, outcome) switch
        {
            _ when WasSentBeforeTheResumption(state, charge) => AfterRetries.Continue,
            (AfterRetries.Close, OutcomeClass.RefusedByValidation) => AfterRetries.Suspend,
            (AfterRetries.Continue, OutcomeClass.DeclinedForGood) => AfterRetries.Suspend,
            _ => rule,
        };

    // A charge on demand, which has no dunning, suspends too when the mandate will not pay again.
    private static string? ReasonToSuspend(OutcomeClass outcome, PreapprovalEvent[] ended) => (outcome, ended) switch
    {
        (OutcomeClass.DeclinedForGood, not [DunningEnded { Action: AfterRetries.Close }]) => Outcomes.Word(outcome),
        (OutcomeClass.RefusedByValidation, [DunningEnded { Action: AfterRetries.Suspend }]) => Outcomes.Word(outcome),
        (_, [DunningEnded { Action: AfterRetries.Suspend }]) => RetriesUsed,
        _ => null,
    };

    // A person has resumed the schedule since: what is learnt late of earlier charges changes nothing about that.
    private static bool WasSentBeforeTheResumption(Preapproval state, Charge charge) =>
        (charge.Call?.RequestedAt ?? charge.RequestedAt) < state.SuspensionEndedAt;
}

using Billing.Domain.Gateway;
using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <remarks>What follows a charge that failed, was not found or is not known.</remarks>
public static partial class PreapprovalDecider
{
    private static PreapprovalEvent[] RetryWithdrawn(Preapproval state, Charge charge, DateTimeOffset now) =>
        charge.Id.Period is { } period && state.Retries.TryGetValue(period.DueOn, out var retry)
            ? [new RetriesExhausted(state.Id, period, retry.Attempt - 1, "charged", 0, now)]
            : [];

    private static PreapprovalEvent[] Failed(
        Preapproval state, Charge charge, GatewayPayment gateway, Money? captured, Sealed<string>? text, bool isRefusal,
        LearntFrom from,
        LookUpPolicy lookUps, DateTimeOffset now)
    {
        var policy = lookUps.Profiles.Of(state.Terms.MethodId).Retries;
        var outcome = policy.ClassOf(gateway.Code, isRefusal);

        // What follows was decided when an operator called it failed; the merchant may have decided otherwise since.
        var nextAttempt = charge is { Provisional: true, State: MoneyState.Failed }
            ? []
            : NextAttempt(state, charge, outcome, policy, now);
        var ended = DunningEnd(state, charge, outcome, nextAttempt, now);

        return
        [
            new PaymentFailed(
                state.Id, charge.Id, charge.Amount, captured, gateway, charge.Origin, charge.ProfileVersion, from,
                Outcomes.Word(outcome),
                text, now),
            .. nextAttempt,
            .. ended,
            .. SuspendedAfter(state, charge, ReasonToSuspend(outcome, ended), nextAttempt.Length > 0, now),
        ];
    }

    // Nothing more is tried until a person has looked at it. What is not decided yet is skipped now and is not charged
    // later.
    private static PreapprovalEvent[] SuspendedAfter(
        Preapproval state, Charge charge, string? reason, bool hasEndedItsPeriod, DateTimeOffset now)
    {
        if (reason is null || charge.Origin is ChargeOrigin.FoundAtGateway || WasSentBeforeTheResumption(state, charge)
            || state is not
            {
                Status: PreapprovalStatus.Open or PreapprovalStatus.Closing, Schedule: not null, Suspension: null,
            })
        {
            return [];
        }

        var others = state with
        {
            Charges = state.Charges.Remove(charge.Id.MerchantTransactionId),
            Retries = charge.Id.Period is { } period && hasEndedItsPeriod
                ? state.Retries.Remove(period.DueOn)
                : state.Retries,
        };

        return
        [
            new ScheduleSuspended(state.Id, reason, LookUpPolicy.Owner, now),
            .. NotSentStopped(others, Suspended, now),
            .. RetriesEnded(others, Suspended, now),
            .. Unattended(state, Suspended, now),
        ];
    }

    // Every failed period ends in one more attempt or in the reason why there will be none.
    private static PreapprovalEvent[] NextAttempt(
        Preapproval state, Charge charge, OutcomeClass outcome, RetryPolicy policy, DateTimeOffset now)
    {
        if (charge.Id.Period is not { } period)
        {
            return [];
        }

        var others = state.AttemptsAt(period).Where(other => other.Id != charge.Id).ToArray();

        if (others.Any(other => other.State is not (MoneyState.Failed or MoneyState.Stopped)
            || other.Id.Attempt > charge.Id.Attempt))
        {
            return [];
        }

        var attempt = charge.Id.Attempt;

        // Its period was decided without it: a retry could charge what a later period covers.
        if (charge.Origin is ChargeOrigin.FoundAtGateway)
        {
            return [new RetriesExhausted(state.Id, period, attempt, DateAlreadyDecided, policy.Version, now)];
        }

        // One that was stopped before it was sent used up none of the payer's attempts.
        var made = 1 + others.Count(other => other.State is not MoneyState.Stopped);

        var delay = policy.DelayAfter(made, outcome);

        if (state is { Status: PreapprovalStatus.Open, Suspension: null } && delay is { } wait)
        {
            return [new RetryScheduled(state.Id, period, attempt + 1, now + wait, policy.Version, now)];
        }

        // A close that is refused takes up again only what would have had another attempt.
        var reason = delay is not null && state.Status is not PreapprovalStatus.Open ? "not_open"
            : delay is not null ? Suspended
            : outcome is OutcomeClass.DeclinedForNow ? "attempts_used"
            : Outcomes.Word(outcome);

        return [new RetriesExhausted(state.Id, period, attempt, reason, policy.Version, now)];
    }

    private static PreapprovalEvent[] NotFound(
        Preapproval state, Charge charge, ChargeUpdate update, LookUpPolicy policy, DateTimeOffset now,
        DateTimeOffset windowStart)
    {
        var next = NotFoundTable.Of(charge.Call!, update.AskedAt, policy, now);

        if (next is AfterNotFound.AskAgain)
        {
            return [Unknown(state, charge, "not_found_yet", null, update, policy, now)];
        }

        var isEnding = state.Status is not PreapprovalStatus.Open
            || (state.Suspension is not null && charge.Id.Period is not null);

        // The gateway has said that it has a payment of this id, so this one does not count as stopped.
        if (isEnding && charge.IsDuplicate)
        {
            return [Unknown(state, charge, "duplicate_not_found", null, update, policy with { Intervals = [] }, now)];
        }

        if (state.Status is not PreapprovalStatus.Open)
        {
            return [Stopped(state, charge, Closing, now)];
        }

        if (state.Suspension is not null && charge.Id.Period is not null)
        {
            return [Stopped(state, charge, Suspended, now)];
        }

        return OtherAttempts(state, charge) switch
        {
            OtherAttempt.Charged => [Stopped(state, charge, "earlier_attempt_charged", now)],
            OtherAttempt.Uncertain => [Unknown(state, charge, "other_attempt_uncertain", null, update, policy, now)],
            _ when next is AfterNotFound.SendAgain => [new ChargeResent(state.Id, charge.Id, windowStart, now)],
            _ => [Unknown(state, charge, "never_arrives", null, update, policy with { Intervals = [] }, now)],
        };
    }

    private static PaymentOutcomeUnknown Unknown(
        Preapproval state, Charge charge, string symptom, GatewayPayment? gateway, ChargeUpdate update,
        LookUpPolicy policy,
        DateTimeOffset now)
    {
        var made = LookUpsMade(charge.Call!, update.From);
        var next = policy.NextAt(made, now);

        return new PaymentOutcomeUnknown(
            state.Id, charge.Id, charge.Amount, null, gateway, charge.Origin, charge.ProfileVersion, update.From,
            symptom, made, next,
            next is null ? LookUpPolicy.Owner : null, now);
    }
}

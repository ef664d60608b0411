using Billing.Domain.Gateway;
using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <summary>What was learnt of a charge, and how.</summary>
/// <param name="ClaimedAt">Database clock: when the submission was claimed whose fate this is; null for a notification or a look-up of its own.</param>
/// <param name="AskedAt">Database clock: when this answer was asked for.</param>
/// <param name="Send">Which send of the id was asked about, from 1; null: whichever.</param>
public sealed record ChargeNews(string MerchantTransactionId, ChargeAnswer Answer, LearntFrom From, DateTimeOffset? ClaimedAt, DateTimeOffset? AskedAt, int? Send = null)
{
    /// <summary>Not to know is about one send only, and of an earlier one it comes too late: the one on its way has an answer of its own. A payment and a refusal are facts whenever they come.</summary>
    public bool IsOutdated(Charge charge) => Answer is ChargeAnswer.NotFound or ChargeAnswer.Unknown or ChargeAnswer.Duplicate && Send is { } send && send != charge.Sends;
}

public static partial class PreapprovalDecider
{
    /// <summary>Accepts news in any status of the preapproval: money taken after a close must show.</summary>
    public static PreapprovalEvent[] RecordOutcome(Preapproval state, ChargeNews news, LookUpPolicy lookUps, DateTimeOffset now)
    {
        if (state.Charges.GetValueOrDefault(news.MerchantTransactionId) is not { } charge || news.IsOutdated(charge))
        {
            return [];
        }

        return news.Answer switch
        {
            ChargeAnswer.Told told => Told(state, charge, told.Payment, news, lookUps, now),
            ChargeAnswer.Refused refused when charge.IsUnsettled => Failed(state, charge, new GatewayPayment(null, null, null, null, refused.Code, null), null, refused.Text, true, news.From, lookUps, now),
            ChargeAnswer.NotFound when charge.IsUnsettled => NotFound(state, charge, news, lookUps, now),
            ChargeAnswer.Duplicate when charge.IsUnsettled => [Unknown(state, charge, "duplicate", null, news, lookUps, now)],
            ChargeAnswer.Unknown unknown when charge.IsUnsettled => [Unknown(state, charge, unknown.Symptom, null, news, lookUps, now)],
            ChargeAnswer.NotSent => [],
            _ => StillPending(state, charge, news, lookUps, now),
        };
    }

    /// <summary>A named person settles a charge that the gateway cannot tell of.</summary>
    /// <exception cref="RuleViolation">charge_unknown, charge_settled, state_invalid.</exception>
    public static PreapprovalEvent[] SetOutcome(Preapproval state, string merchantTransactionId, MoneyState outcome, string by, string why, string evidence, DateTimeOffset now, MethodProfiles? profiles = null)
    {
        if (outcome is not (MoneyState.Charged or MoneyState.Failed))
        {
            throw new RuleViolation("state_invalid", "An operator sets a charge to charged or failed.");
        }

        var charge = state.Charges.GetValueOrDefault(merchantTransactionId)
            ?? throw new RuleViolation("charge_unknown", "This preapproval has no charge with that MerchantTransactionID.");

        if (charge is { Provisional: true } && charge.State == outcome)
        {
            return [];
        }

        if (!charge.IsUnsettled && charge.State is not MoneyState.Pending && !charge.Provisional)
        {
            throw new RuleViolation("charge_settled", "The gateway has settled this charge already; its word stands.");
        }

        var set = new OutcomeSetByOperator(state.Id, charge.Id, charge.Amount, charge.Origin, charge.ProfileVersion, outcome, by, why, evidence, now);

        return [set, .. outcome is MoneyState.Failed ? NextAttempt(state, charge, OutcomeClass.DeclinedForNow, (profiles ?? MethodProfiles.BuiltIn).Of(state.Terms.MethodId).Retries, now) : RetryWithdrawn(state, charge, now)];
    }

    private static PreapprovalEvent[] Told(Preapproval state, Charge charge, PaymentReading payment, ChargeNews news, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var known = charge.Provisional ? MoneyState.Unknown : charge.State;
        var from = news.From;

        return payment.State switch
        {
            PaymentStatus.Unrecognised when charge.IsUnsettled && (from is not LearntFrom.Notification || charge.State is MoneyState.Requested) =>
                [Unknown(state, charge, $"status_{payment.Gateway.StatusId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}", payment.Gateway, news, lookUps, now)],
            PaymentStatus.Unrecognised => StillPending(state, charge, news, lookUps, now),
            PaymentStatus.Pending or PaymentStatus.UnderReview when known < MoneyState.Pending => [Pending(state, charge, payment, from, lookUps, now)],
            PaymentStatus.UnderReview when known is MoneyState.Pending && charge.Gateway?.StatusId != payment.Gateway.StatusId => [Pending(state, charge, payment, from, lookUps, now)],
            PaymentStatus.Pending or PaymentStatus.UnderReview => StillPending(state, charge, news, lookUps, now),
            PaymentStatus.Failed when known < MoneyState.Failed => Failed(state, charge, payment.Gateway, payment.CapturedAmount, payment.ReasonText, false, from, lookUps, now),
            PaymentStatus.Failed => [],
            _ => [.. Charged(state, charge, known, payment, from, now), .. AfterwardsFact(state, charge, payment, from, now)],
        };
    }

    // What is under review at the provider needs a person there; anything else gets one when its window has passed unanswered.
    private static PaymentPending Pending(Preapproval state, Charge charge, PaymentReading payment, LearntFrom from, LookUpPolicy policy, DateTimeOffset now)
    {
        var owner = payment.State is PaymentStatus.UnderReview ? LookUpPolicy.Owner : null;
        DateTimeOffset? lookUpAt = owner is null ? now + TimeSpan.FromDays(policy.Profiles.Of(state.Terms.MethodId).PendingWindowDays) : null;

        return new PaymentPending(
            state.Id, charge.Id, charge.Amount, payment.CapturedAmount, payment.Gateway, charge.Origin, charge.ProfileVersion, from, 0, lookUpAt, owner, now);
    }

    // Pending past its window: asked about a few times more, then somebody's. Any definite word still outranks it.
    private static PreapprovalEvent[] StillPending(Preapproval state, Charge charge, ChargeNews news, LookUpPolicy policy, DateTimeOffset now)
    {
        if (charge.State is not MoneyState.Pending || news.From is not LearntFrom.LookUp || charge.NextLookUpAt is not { } due || due > now)
        {
            return [];
        }

        var made = charge.LookUps + 1;
        var next = policy.NextAt(made, now);

        return
        [
            new PaymentPending(
                state.Id, charge.Id, charge.Amount, charge.CapturedAmount, charge.Gateway, charge.Origin, charge.ProfileVersion, LearntFrom.LookUp, made, next,
                next is null ? LookUpPolicy.Owner : null, now),
        ];
    }

    // Whatever comes after a success proves the success.
    private static IEnumerable<PreapprovalEvent> Charged(Preapproval state, Charge charge, MoneyState known, PaymentReading payment, LearntFrom from, DateTimeOffset now)
    {
        if (known >= MoneyState.Charged)
        {
            yield break;
        }

        yield return new PaymentCharged(state.Id, charge.Id, charge.Amount, payment.CapturedAmount, payment.Gateway, charge.Origin, charge.ProfileVersion, from, now);

        if (charge.Id.Period is not { } period)
        {
            yield break;
        }

        foreach (var withdrawn in RetryWithdrawn(state, charge, now))
        {
            yield return withdrawn;
        }

        if (state.AttemptsAt(period).FirstOrDefault(other => other.Id != charge.Id && other.State is MoneyState.Charged) is { } twin)
        {
            yield return new PeriodPaidTwice(state.Id, period, twin.Id.MerchantTransactionId, charge.Id.MerchantTransactionId, LookUpPolicy.Owner, now);
        }
    }

    private static PreapprovalEvent[] RetryWithdrawn(Preapproval state, Charge charge, DateTimeOffset now) =>
        charge.Id.Period is { } period && state.Retries.TryGetValue(period, out var retry)
            ? [new RetriesExhausted(state.Id, period, retry.Attempt - 1, "charged", 0, now)]
            : [];

    private static PreapprovalEvent[] Failed(
        Preapproval state, Charge charge, GatewayPayment gateway, Money? captured, string? text, bool isRefusal, LearntFrom from, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var policy = lookUps.Profiles.Of(state.Terms.MethodId).Retries;
        var outcome = policy.ClassOf(gateway.Code, isRefusal);

        return
        [
            new PaymentFailed(state.Id, charge.Id, charge.Amount, captured, gateway, charge.Origin, charge.ProfileVersion, from, Outcomes.Word(outcome), text, now),
            .. NextAttempt(state, charge, outcome, policy, now),
        ];
    }

    // Every failed period ends in one more attempt or in the reason why there will be none.
    private static PreapprovalEvent[] NextAttempt(Preapproval state, Charge charge, OutcomeClass outcome, RetryPolicy policy, DateTimeOffset now)
    {
        if (charge.Id.Period is not { } period || state.AttemptsAt(period).Any(other => other.Id != charge.Id && other.State is not MoneyState.Failed and not MoneyState.Stopped)
            || state.AttemptsAt(period).Any(other => other.Id.Attempt > charge.Id.Attempt))
        {
            return [];
        }

        var attempt = charge.Id.Attempt;

        // One that was stopped before it was sent spent nothing of the payer's.
        var made = 1 + state.AttemptsAt(period).Count(other => other.Id != charge.Id && other.State is not MoneyState.Stopped);

        if (state.Status is PreapprovalStatus.Open && policy.DelayAfter(made, outcome) is { } delay)
        {
            return [new RetryScheduled(state.Id, period, attempt + 1, now + delay, policy.Version, now)];
        }

        var reason = state.Status is not PreapprovalStatus.Open ? "not_open" : outcome is OutcomeClass.DeclinedForNow ? "attempts_used" : Outcomes.Word(outcome);

        return [new RetriesExhausted(state.Id, period, attempt, reason, policy.Version, now)];
    }

    // Believed only when the business interval and, on the database clock, lease and time-out since the last claim have passed.
    private static PreapprovalEvent[] NotFound(Preapproval state, Charge charge, ChargeNews news, LookUpPolicy policy, DateTimeOffset now)
    {
        var isQuiet = charge.UnknownSince is { } since && now - since >= policy.QuietPeriod
            && charge.ClaimedAt is { } claimed && news.AskedAt is { } asked && asked - claimed >= policy.Fence;

        if (!isQuiet)
        {
            return [Unknown(state, charge, "not_found_yet", null, news, policy, now)];
        }

        if (state.Status is not PreapprovalStatus.Open)
        {
            return [new ChargeStopped(state.Id, charge.Id, "closing", now)];
        }

        // Sent again only where no other attempt at the period has taken, or may yet take, the money.
        var others = charge.Id.Period is { } period ? state.AttemptsAt(period).Where(other => other.Id != charge.Id).ToArray() : [];

        if (others.Any(other => other.State is MoneyState.Charged))
        {
            return [new ChargeStopped(state.Id, charge.Id, "earlier_attempt_charged", now)];
        }

        if (others.Any(other => other.State is not (MoneyState.Failed or MoneyState.Stopped)))
        {
            return [Unknown(state, charge, "other_attempt_uncertain", null, news, policy, now)];
        }

        return charge.Resent < policy.MaxResends
            ? [new ChargeResent(state.Id, charge.Id, now)]
            : [Unknown(state, charge, "never_arrives", null, news, policy with { Intervals = [] }, now)];
    }

    private static PaymentOutcomeUnknown Unknown(Preapproval state, Charge charge, string symptom, GatewayPayment? gateway, ChargeNews news, LookUpPolicy policy, DateTimeOffset now)
    {
        var made = charge.LookUps + (news.From is LearntFrom.LookUp && charge.State is MoneyState.Unknown ? 1 : 0);
        var next = policy.NextAt(made, now);
        var claimedAt = news.ClaimedAt ?? (charge.ClaimedAt is null ? news.AskedAt : null);

        return new PaymentOutcomeUnknown(
            state.Id, charge.Id, charge.Amount, null, gateway, charge.Origin, charge.ProfileVersion, news.From, symptom, made, next, claimedAt, next is null ? LookUpPolicy.Owner : null, now);
    }
}

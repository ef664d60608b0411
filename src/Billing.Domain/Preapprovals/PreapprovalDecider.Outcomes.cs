using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>Accepts updates in any status of the preapproval: money taken after a close must show.</summary>
    /// <param name="windowStart">For a charge that has to be sent again.</param>
    public static PreapprovalEvent[] RecordOutcome(
        Preapproval state, ChargeUpdate update, LookUpPolicy lookUps, DateTimeOffset now, DateTimeOffset windowStart)
    {
        if (IsKnown(state, update) || Held(state, update.MerchantTransactionId) is not { } charge
            || update.IsOutdated(charge))
        {
            return [];
        }

        return update.Answer switch
        {
            ChargeResult.Confirmed shown => Confirmed(state, charge, shown.Value, update, lookUps, now),
            ChargeResult.Refused refused when charge.IsUnsettled => Failed(
                state, charge, new GatewayPayment(null, null, null, null, refused.Code, null), null, refused.Text, true,
                update.From, lookUps, now),
            ChargeResult.NotSent notSent when update.From is LearntFrom.Answer =>
                NotSent(
                    state, OutboundOperation.Charge, update.MerchantTransactionId, notSent.Symptom, notSent.Wait, now),
            ChargeResult.NotSent => [],
            _ when charge.IsNotSent => [],
            ChargeResult.NotFound when charge.IsUnsettled => NotFound(state, charge, update, lookUps, now, windowStart),
            ChargeResult.Duplicate when charge.IsUnsettled =>
            [
                Unknown(state, charge, "duplicate", null, update, lookUps, now)
            ],
            ChargeResult.Unknown unknown when charge.IsUnsettled =>
            [
                Unknown(state, charge, unknown.Symptom, null, update, lookUps, now)
            ],
            _ => StillPending(state, charge, update, lookUps, now),
        };
    }

    /// <summary>A named person settles a charge of which the gateway says nothing.</summary>
    /// <exception cref="RuleViolation">charge_unknown, charge_settled, state_invalid.</exception>
    public static PreapprovalEvent[] SetOutcome(
        Preapproval state, string merchantTransactionId, MoneyState outcome, string by, Sealed<string>? why,
        Sealed<string>? evidence,
        DateTimeOffset now, MethodProfiles? profiles = null)
    {
        if (outcome is not (MoneyState.Charged or MoneyState.Failed))
        {
            throw new RuleViolation("state_invalid", "An operator sets a charge to charged or failed.");
        }

        var charge = Held(state, merchantTransactionId)
            ?? throw new RuleViolation(
                "charge_unknown", "This preapproval has no charge with that MerchantTransactionID.");

        if (charge is { Provisional: true } && charge.State == outcome)
        {
            return [];
        }

        if (!charge.IsUnsettled && charge.State is not MoneyState.Pending && !charge.Provisional)
        {
            throw new RuleViolation("charge_settled", "The gateway has settled this charge already; its answer holds.");
        }

        var set = new OutcomeSetByOperator(
            state.Id, charge.Id, charge.Amount, charge.Origin, charge.ProfileVersion, outcome, by, why, evidence, now);
        var policy = ProfileOf(state, profiles).Retries;

        return
        [
            set,
            .. outcome is MoneyState.Failed
                ? AfterCalledFailed(state, charge, policy, now)
                : RetryWithdrawn(state, charge, now),
        ];
    }

    // What the line of a settled charge shows to be nothing new needs no more than the line.
    private static bool IsKnown(Preapproval state, ChargeUpdate update) =>
        !state.Charges.ContainsKey(update.MerchantTransactionId)
        && state.StateOnLine(
            update.MerchantTransactionId) is MoneyState.Charged or MoneyState.Failed or MoneyState.Stopped
        && state.StateOnLine(update.MerchantTransactionId) is { } known
        && update.Answer switch
        {
            ChargeResult.Confirmed shown => shown.Value.State switch
            {
                PaymentStatus.Unrecognised => true,
                PaymentStatus.Pending or PaymentStatus.UnderReview => known > MoneyState.Pending,
                PaymentStatus.Failed => known >= MoneyState.Failed,
                PaymentStatus.Charged => known is MoneyState.Charged,
                _ => false,
            },
            _ => true,
        };

    private static PreapprovalEvent[] Confirmed(
        Preapproval state, Charge charge, PaymentSnapshot payment, ChargeUpdate update, LookUpPolicy lookUps,
        DateTimeOffset now)
    {
        var known = charge.Provisional ? MoneyState.Unknown : charge.State;
        var from = update.From;

        return payment.State switch
        {
            PaymentStatus.Unrecognised when charge.IsUnsettled
                && (from is not LearntFrom.Notification || charge.State is MoneyState.Requested) =>
            [
                Unknown(state, charge, StatusSymptom(payment.Gateway.StatusId), payment.Gateway, update, lookUps, now),
                .. AmountDrift(state, charge, payment, from, now),
            ],
            PaymentStatus.Unrecognised => StillPending(state, charge, update, lookUps, now),
            PaymentStatus.Pending or PaymentStatus.UnderReview when known < MoneyState.Pending =>
                [
                    Pending(state, charge, payment, from, lookUps, now),
                    .. AmountDrift(state, charge, payment, from, now),
                ],
            PaymentStatus.UnderReview when known is MoneyState.Pending
                && charge.Gateway?.StatusId != payment.Gateway.StatusId =>
                [Pending(state, charge, payment, from, lookUps, now)],
            PaymentStatus.Pending or PaymentStatus.UnderReview => StillPending(state, charge, update, lookUps, now),
            PaymentStatus.Failed when known < MoneyState.Failed =>
            [
                .. Failed(
                    state, charge, payment.Gateway, payment.CapturedAmount, payment.ReasonText, false, from, lookUps,
                    now),
                .. AmountDrift(state, charge, payment, from, now),
            ],
            PaymentStatus.Failed => [],
            _ =>
            [
                .. Charged(state, charge, known, payment, from, now),
                .. AmountDrift(state, charge, payment, from, now),
                .. PostPaymentEvents(state, charge, payment, from, now),
            ],
        };
    }

    // Only a duplicate may show another amount or currency: what was asked for before a backup was restored.
    private static PreapprovalEvent[] AmountDrift(
        Preapproval state, Charge charge, PaymentSnapshot payment, LearntFrom from, DateTimeOffset now) =>
        payment.Amount is { } shown && shown != charge.Amount
            ? Drifted(
                state,
                [new Difference(Charge.AmountField(charge.Id.MerchantTransactionId), Text(charge.Amount), Text(shown))],
                from, now)
            : [];

    private static string StatusSymptom(int? statusId) =>
        $"status_{statusId?.ToString(CultureInfo.InvariantCulture) ?? "null"}";

    // What is under review at the provider needs a person there; anything else gets one when its window has passed
    // unanswered.
    private static PaymentPending Pending(
        Preapproval state, Charge charge, PaymentSnapshot payment, LearntFrom from, LookUpPolicy policy,
        DateTimeOffset now)
    {
        var owner = payment.State is PaymentStatus.UnderReview ? LookUpPolicy.Owner : null;
        DateTimeOffset? lookUpAt = owner is null ? now + PendingWindow(state, policy) : null;

        return new PaymentPending(
            state.Id, charge.Id, charge.Amount, payment.CapturedAmount, payment.Gateway, charge.Origin,
            charge.ProfileVersion, from, 0,
            lookUpAt, owner, now);
    }

    private static TimeSpan PendingWindow(Preapproval state, LookUpPolicy policy) =>
        TimeSpan.FromDays(policy.Profiles.Of(state.Terms.MethodId).PendingWindowDays);

    // Pending past its window: asked about a few times more, then an owner has it. Any definite answer still outranks
    // it.
    private static PreapprovalEvent[] StillPending(
        Preapproval state, Charge charge, ChargeUpdate update, LookUpPolicy policy, DateTimeOffset now)
    {
        if (charge.State is not MoneyState.Pending || update.From is not LearntFrom.LookUp
            || charge.NextLookUpAt is not { } due || due > now)
        {
            return [];
        }

        var made = charge.LookUps + 1;
        var next = policy.NextAt(made, now);

        return
        [
            new PaymentPending(
                state.Id, charge.Id, charge.Amount, charge.CapturedAmount, charge.Gateway, charge.Origin,
                charge.ProfileVersion,
                LearntFrom.LookUp, made, next, next is null ? LookUpPolicy.Owner : null, now),
        ];
    }

    // Whatever comes after a success proves the success.
    private static IEnumerable<PreapprovalEvent> Charged(
        Preapproval state, Charge charge, MoneyState known, PaymentSnapshot payment, LearntFrom from,
        DateTimeOffset now)
    {
        if (known >= MoneyState.Charged)
        {
            yield break;
        }

        yield return new PaymentCharged(
            state.Id, charge.Id, charge.Amount,
            payment.CapturedAmount ?? (payment.Amount != charge.Amount ? payment.Amount : null),
            payment.Gateway, charge.Origin, charge.ProfileVersion, from, now);

        if (charge.Id.Period is not { } period)
        {
            yield break;
        }

        foreach (var withdrawn in RetryWithdrawn(state, charge, now))
        {
            yield return withdrawn;
        }

        if (state.AttemptsAt(period)
            .FirstOrDefault(other => other.Id != charge.Id && other.State is MoneyState.Charged) is { } twin)
        {
            yield return new PeriodPaidTwice(
                state.Id, period, twin.Id.MerchantTransactionId, charge.Id.MerchantTransactionId, LookUpPolicy.Owner,
                now);
        }
    }
}

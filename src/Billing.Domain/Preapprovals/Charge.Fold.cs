using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

public sealed partial record Charge
{
    /// <summary>What each event about one charge does to it, refunds and disputes included.</summary>
    /// <exception cref="InvalidOperationException">The event cannot follow.</exception>
    public static Charge Fold(Charge? charge, IChargeEvent @event) => (charge, @event) switch
    {
        (null, ChargeRequested e) => Begun(e),
        (null, ChargeFoundAtGateway e) =>
            new(e.Charge, e.Amount, ChargeOrigin.FoundAtGateway, e.ProfileVersion, MoneyState.Requested, e.DueAt)
            {
                Call = OutboundCall.Begun(OutboundOperation.Charge, e.HappenedAt, e.AskedAt),
            },
        ({ } c, ChargeResent e) => c.Apply(e),
        ({ Call: { } call } c, ChargeStopped { SendAgainAt: { } again } e) =>
            c with { Call = call.NotSent(e.Symptom ?? e.Reason, again) },
        ({ } c, ChargeStopped e) => c with
        {
            State = MoneyState.Stopped,
            Call = null,
            Provisional = false,
            StoppedReason = e.Reason,
            SettledAt = e.HappenedAt,
        },
        ({ } c, PaymentOutcomeUnknown e) => c.Apply(e),
        ({ } c, PaymentPending e) => c.Apply(e),
        ({ } c, PaymentFailed e) => c.Settled(e, MoneyState.Failed, e.HappenedAt) with
        {
            FailureText = e.ReasonText,
            IsRefusedAtOnce = c.IsRefusedAtOnceBy(e),
        },
        ({ } c, PaymentCharged e) => c.Settled(e, MoneyState.Charged, e.HappenedAt),
        ({ } c, OutcomeSetByOperator e) => c with
        {
            State = e.State,
            Call = null,
            Provisional = true,
            StoppedReason = null,
            SettledAt = e.HappenedAt,
        },

        ({ } c, RefundRequested e) => c.With(Refund.Begun(e)),
        ({ } c, RefundAccepted e) => c.Apply(e),
        ({ } c, RefundOutcomeUnknown e) =>
            c.WithRefund(e.RefundReference, e.Amount, e.HappenedAt, refund => refund.Apply(e)),
        ({ } c, RefundNotSent e) => c.WithRefund(e.RefundReference, e.Amount, e.HappenedAt, refund => refund.Apply(e)),
        ({ } c, RefundResent e) => c.WithRefund(e.RefundReference, default, e.HappenedAt, refund => refund.Apply(e)),
        ({ } c, RefundFailed e) => c.Apply(e),
        ({ } c, RefundSetByOperator e) =>
            c.WithRefund(e.RefundReference, e.Amount, e.HappenedAt, refund => refund.Apply(e)),
        ({ } c, PaymentRefunded e) => c.Apply(e).After(e),

        ({ } c, PaymentReversed e) => c.With(PostPaymentFact.Reversed).After(e),
        ({ } c, DisputeReported e) => c.Claims(e.DisputeId, e.Claimed),
        ({ } c, PaymentDisputed e) =>
            c.With(e.DisputeId, PostPaymentFact.Disputed, one => one with { WasOpened = true }).After(e),
        ({ } c, DisputeWon e) =>
            c.With(e.DisputeId, PostPaymentFact.DisputeWon, one => one with { IsWon = true }).After(e),
        ({ } c, DisputeLost e) =>
            c.With(e.DisputeId, PostPaymentFact.DisputeLost, one => one with { IsLost = true }).After(e),
        ({ } c, PaymentChargedBack e) => c.With(PostPaymentFact.ChargedBack).After(e),

        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow: charge {@event.Charge.MerchantTransactionId} is "
            + $"{charge?.State.ToString() ?? "not there"}."),
    };

    private static Charge Begun(ChargeRequested e) =>
        new(e.Charge, e.Amount, e.Origin, e.ProfileVersion, MoneyState.Requested, e.HappenedAt)
        {
            Call = OutboundCall.Begun(OutboundOperation.Charge, e.HappenedAt, e.WindowStart),
            ScheduleRevision = e.ScheduleRevision,
            ExecutionDate = e.ExecutionDate,
            Description = e.Description,
        };

    private Charge Apply(ChargeResent e)
    {
        var known = OutboundCall.Begun(OutboundOperation.Charge, RequestedAt, e.WindowStart) with { Sends = Sends };
        var call = (Call ?? known)
            .Again(e.HappenedAt, e.WindowStart);

        return this with
        {
            State = MoneyState.Requested,
            Call = call,
            Sends = call.Sends,
            StoppedReason = null,
            SettledAt = null
        };
    }

    private Charge Apply(PaymentOutcomeUnknown e) => this with
    {
        State = State is MoneyState.Requested ? MoneyState.Unknown : State,
        Gateway = GatewayPayment.Merge(e.Gateway, Gateway),
        Call = Call?.Unclear(e.Symptom, e.LookUps, e.NextLookUpAt, e.Owner, e.HappenedAt),
        IsDuplicate = IsDuplicate || IsDuplicateSymptom(e.Symptom),
    };

    private Charge Apply(PaymentPending e)
    {
        var begun = OutboundCall.Begun(OutboundOperation.Charge, e.HappenedAt, e.HappenedAt) with { Sends = Sends };
        var call = Call ?? begun;

        return Settled(e, MoneyState.Pending, null) with { Call = call.Pending(e.LookUps, e.NextLookUpAt, e.Owner) };
    }

    private Charge Settled(PaymentEvent e, MoneyState state, DateTimeOffset? at) => this with
    {
        State = state,
        Gateway = GatewayPayment.Merge(e.Gateway, Gateway),
        CapturedAmount = e.CapturedAmount ?? CapturedAmount,
        Call = null,
        Provisional = false,
        LearntFrom = e.LearntFrom,
        Code = e.Gateway?.Code,
        StoppedReason = null,
        SettledAt = at,
        IsRefusedAtOnce = false,
    };

    // After an unknown outcome, or a request that was not sent at once, the storefront was answered without an error.
    private bool IsRefusedAtOnceBy(PaymentFailed e) =>
        Origin is ChargeOrigin.OnDemand && State is MoneyState.Requested
        && Call is { State: OutboundState.Requested, Sends: 1 } call && call.RequestedAt == RequestedAt
        && e is { LearntFrom: Preapprovals.LearntFrom.Answer, Gateway: null or { PaymentId: null } };

    private Charge After(PaymentEvent e) => this with
    {
        Gateway = GatewayPayment.Merge(e.Gateway, Gateway),
        CapturedAmount = CapturedAmount ?? e.CapturedAmount,
    };
}

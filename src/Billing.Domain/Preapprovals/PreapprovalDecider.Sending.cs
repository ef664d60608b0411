using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <remarks>What was decided and certainly not sent, and what follows.</remarks>
public static partial class PreapprovalDecider
{
    /// <summary>The reason of a <see cref="ChargeStopped"/> that is due for sending again.</summary>
    public const string NotSentReason = "not_sent";

    /// <summary>
    /// The check right before the send found that the mandate is closing, that charging is suspended, or that an
    /// earlier attempt has succeeded.
    /// </summary>
    /// <remarks>Only by the process that knows that it did not send it.</remarks>
    public static PreapprovalEvent[] StopCharge(
        Preapproval state, string merchantTransactionId, string reason, DateTimeOffset now) =>
        Held(state, merchantTransactionId) is { State: MoneyState.Requested } charge
            ? [Stopped(state, charge, reason, now)]
            : [];

    /// <summary>
    /// <see cref="StopCharge"/>, decided on the state of now: where the reason has gone meanwhile, as after a close
    /// that failed, the charge is due for sending again at once.
    /// </summary>
    public static PreapprovalEvent[] StopUnsent(Preapproval state, string merchantTransactionId, DateTimeOffset now) =>
        Held(state, merchantTransactionId) is not { State: MoneyState.Requested } charge ? []
        : ReasonToStop(state, charge) is { } reason ? [Stopped(state, charge, reason, now)]
        : NotSent(state, OutboundOperation.Charge, merchantTransactionId, "state_changed", TimeSpan.Zero, now);

    /// <returns>
    /// Why a decided charge is not sent; null when it is. A pause is no reason: the charge fell due before it.
    /// </returns>
    public static string? ReasonToStop(Preapproval state, Charge charge) =>
        state.Status is not PreapprovalStatus.Open ? Closing
        : state.Suspension is not null && charge.Id.Period is not null ? Suspended
        : null;

    /// <summary>
    /// The process that committed the intent did not send it. It is due for sending after <paramref name="wait"/>, or
    /// ends here.
    /// </summary>
    /// <param name="key">As in <see cref="Preapproval.OpenCalls"/>.</param>
    /// <param name="symptom">snake_case: breaker_open, not_connected, window_passed, shutdown …</param>
    public static PreapprovalEvent[] NotSent(
        Preapproval state, OutboundOperation operation, string key, string symptom, TimeSpan wait, DateTimeOffset now)
    {
        switch (operation)
        {
            case OutboundOperation.Charge:
                return Held(state, key) is not { Call.State: OutboundState.Requested } charge ? []
                    : state.Status is not PreapprovalStatus.Open ? [Stopped(state, charge, "closing", now)]
                    : [new ChargeStopped(state.Id, charge.Id, NotSentReason, now + wait, symptom, now)];

            case OutboundOperation.Refund:
                return HeldRefund(state, key) is ({ } paid, { Call.State: OutboundState.Requested } refund)
                    ? [new RefundNotSent(state.Id, paid.Id, refund.Key, refund.Amount, symptom, now + wait, now)]
                    : [];

            default:
                return state.Unsettled is { Call: { State: OutboundState.Requested } call } unsettled
                    && call.Operation == operation
                    ? [new MandateCallNotSent(state.Id, unsettled.Operation, symptom, now + wait, now)]
                    : [];
        }
    }

    /// <summary>
    /// What was certainly not sent is due for sending: a new intent under the same id, or the event that ends it.
    /// </summary>
    /// <remarks>
    /// Of a retry, each of <see cref="EarlierAttempts"/> must be looked up before, as for <see cref="RequestRetry"/>.
    /// </remarks>
    /// <param name="key">As in <see cref="Preapproval.OpenCalls"/>.</param>
    /// <returns>Nothing when it is not due, or not in the state <see cref="OutboundState.NotSent"/>.</returns>
    public static PreapprovalEvent[] SendAgain(
        Preapproval state, OutboundOperation operation, string key, DateTimeOffset now, DateTimeOffset windowStart,
        LookUpPolicy policy) =>
        operation switch
        {
            OutboundOperation.Charge => Held(state, key) is { } charge && IsDueAgain(charge.Call, now)
                ? SendChargeAgain(state, charge, now, windowStart)
                : [],
            OutboundOperation.Refund => HeldRefund(state, key) is ({ } paid, { } refund) && IsDueAgain(refund.Call, now)
                ? [SendRefundAgain(state, paid, refund, now, windowStart)]
                : [],
            _ =>
                state.Unsettled is { } unsettled && unsettled.Call.Operation == operation
                    && IsDueAgain(unsettled.Call, now)
                ? [SendMandateAgain(state, unsettled, policy, now, windowStart)]
                : [],
        };

    private static bool IsDueAgain(OutboundCall? call, DateTimeOffset now) =>
        call is { State: OutboundState.NotSent, NextLookUpAt: { } due } && due <= now;

    private static PreapprovalEvent[] SendChargeAgain(
        Preapproval state, Charge charge, DateTimeOffset now, DateTimeOffset windowStart)
    {
        if (ReasonToStop(state, charge) is { } reason)
        {
            return [Stopped(state, charge, reason, now)];
        }

        return OtherAttempts(state, charge) switch
        {
            OtherAttempt.Charged => [Stopped(state, charge, "earlier_attempt_charged", now)],
            OtherAttempt.Uncertain =>
                [new ChargeStopped(
                    state.Id, charge.Id, NotSentReason, now + TimeSpan.FromDays(1), "other_attempt_uncertain", now)],
            _ => [new ChargeResent(state.Id, charge.Id, windowStart, now)],
        };
    }

    private static PreapprovalEvent SendRefundAgain(
        Preapproval state, Charge charge, Refund refund, DateTimeOffset now, DateTimeOffset windowStart) =>
        charge.TakenBackMinor > 0 || (state.IsForgotten && refund.PersonalParts is { Count: > 0 })
            ? new RefundFailed(
                state.Id, charge.Id, refund.Reference, null, refund.Amount, null, LearntFrom.LookUp, "18", null, now)
            : new RefundResent(state.Id, charge.Id, refund.Key, windowStart, now);

    // What would be sent is personal, and gone once the person is forgotten. Of a create an earlier send may have
    // arrived.
    private static PreapprovalEvent SendMandateAgain(
        Preapproval state, Unsettled unsettled, LookUpPolicy policy, DateTimeOffset now,
        DateTimeOffset windowStart) => unsettled.Operation switch
        {
            MandateOperation.Create when state.IsForgotten && unsettled.Call.Sends > 1 =>
                Owned(state, CustomerForgotten, LearntFrom.Answer, policy, now),
            MandateOperation.Create when state.IsForgotten =>
                new PreapprovalRefused(state.Id, CustomerForgotten, null, now),
            MandateOperation.Change when state.IsForgotten =>
                new ChangeFailed(state.Id, CustomerForgotten, null, now),
            _ => new MandateCallResent(state.Id, unsettled.Operation, windowStart, now),
        };

    private enum OtherAttempt
    {
        None,
        Uncertain,
        Charged,
    }

    // Sent again only where no other attempt at the period has taken, or may yet take, the money.
    private static OtherAttempt OtherAttempts(Preapproval state, Charge charge)
    {
        var others = charge.Id.Period is { } period
            ? state.AttemptsAt(period).Where(other => other.Id != charge.Id).ToArray()
            : [];

        return others.Any(other => other.State is MoneyState.Charged) ? OtherAttempt.Charged
            : others.Any(other => other.State is not (MoneyState.Failed or MoneyState.Stopped)) ? OtherAttempt.Uncertain
            : OtherAttempt.None;
    }
}

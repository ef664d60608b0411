using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifications;

/// <summary>Decides what a notification of a payment leads to.</summary>
public sealed class PaymentNotifications(
    GatewayVerification verification, BusinessClock clock, TimeProvider realTime, LookUpPolicy lookUps)
{
    public const string Kind = "Payment";

    public async Task<NotificationPlan> PlanAsync(
        string site, PaymentSnapshot notified, NotificationTarget? target, CancellationToken ct)
    {
        var subject = new NotificationSubject(
            Kind, notified.MerchantTransactionId, notified.Gateway.PaymentId, notified.Gateway.NotifiedAt);

        if (target is not { State: var state, Charge: { } charge })
        {
            return new NotificationPlan.Park(subject, NotificationPlan.NotKnownYet);
        }

        if (Mismatch(state, charge, notified) is { } mismatch)
        {
            return new NotificationPlan.Park(subject, mismatch);
        }

        var outcome = UpdateRanks.OutcomeOf(charge, notified);
        var update = new ChargeUpdate(
            charge.Id.MerchantTransactionId, new ChargeResult.Confirmed(notified), LearntFrom.Notification);

        if (verification.IsWantedFor(notified)
            && await target.WouldRecordAsync(current => Decide(current, update, []), ct))
        {
            var (shown, doubt, askedAt) = await verification.AskAsync(site, state, charge, notified, ct);
            var still = doubt is null ? null : new NotificationPlan.Park(subject, doubt);

            if (shown is null)
            {
                return still!;
            }

            var isConfirmed = notified.Amount is not null && shown.State == notified.State;
            update = update with
            {
                Answer = new ChargeResult.Confirmed(shown),
                From = isConfirmed ? LearntFrom.Notification : LearntFrom.LookUp,
                AskedAt = askedAt,
            };

            // It is less than the notification says, and may be more than is known.
            if (still is not null)
            {
                return new NotificationPlan.Record(
                    subject, state.Id, outcome, current => Decide(current, update, []), still);
            }
        }

        // The payment's status does not say how much was refunded: its refunds do.
        var refunds = await RefundsAsync(site, charge, update, ct);

        return new NotificationPlan.Record(
            subject, state.Id, outcome, current => Decide(current, update, refunds ?? []),
            refunds is null ? new NotificationPlan.Park(subject, Unverified.NotAsked) : null);
    }

    // Refunds first: what they explain is no difference.
    private List<PreapprovalEvent> Decide(Preapproval state, ChargeUpdate update, IReadOnlyList<RefundSnapshot> refunds)
    {
        var (events, now) = (new List<PreapprovalEvent>(), clock.GetUtcNow());

        foreach (var refund in refunds)
        {
            Take(PreapprovalDecider.RecordRefund(
                state, update.MerchantTransactionId, refund, LearntFrom.LookUp, lookUps, now));
        }

        Take(PreapprovalDecider.RecordOutcome(state, update, lookUps, now, realTime.GetUtcNow()));

        return events;

        void Take(IReadOnlyList<PreapprovalEvent> decided)
        {
            events.AddRange(decided);
            state = decided.Aggregate(state, (before, @event) =>
                before.IsSnapshot ? Preapproval.FoldSnapshot(before, @event) : Preapproval.Fold(before, @event));
        }
    }

    // Null: they are needed and could not be read.
    private async Task<IReadOnlyList<RefundSnapshot>?> RefundsAsync(
        string site, Charge charge, ChargeUpdate update, CancellationToken ct)
    {
        var payment = ((ChargeResult.Confirmed)update.Answer).Value;
        var isNeeded = payment.State is PaymentStatus.PartiallyRefunded
            || (payment.State is PaymentStatus.Refunded && charge.Standing is not PaymentStatus.Refunded);

        return isNeeded && payment.Gateway.PaymentId is { } id ? await verification.RefundsAsync(site, id, ct) : [];
    }

    // What contradicts the charge may not move its state.
    private static string? Mismatch(Preapproval state, Charge charge, PaymentSnapshot notified) => notified switch
    {
        { Amount: { } amount } when amount != charge.Amount && !IsDuplicate(state, charge, notified) =>
            "mismatch_amount",
        { GatewayPreapprovalId: { } id } when id != state.Gateway?.PreapprovalId => "mismatch_preapproval",
        { Gateway.PaymentId: { } id } when charge.Gateway?.PaymentId is { } known && known != id =>
            "mismatch_payment_id",
        _ => null,
    };

    // Of a duplicate the gateway has another amount: the preapproval, or the payment's own id, says which one it is.
    private static bool IsDuplicate(Preapproval state, Charge charge, PaymentSnapshot notified) => charge.IsDuplicate
        && ((notified.GatewayPreapprovalId is { } preapproval && preapproval == state.Gateway?.PreapprovalId)
            || (notified.Gateway.PaymentId is { } payment && payment == charge.Gateway?.PaymentId));
}

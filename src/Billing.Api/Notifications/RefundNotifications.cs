using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifications;

/// <summary>Decides what a notification of a refund or a dispute leads to.</summary>
/// <remarks>Both name their payment by the gateway's id alone. Until that is known they are parked.</remarks>
public sealed class RefundNotifications(GatewayVerification verification, BusinessClock clock, LookUpPolicy lookUps)
{
    public const string OfRefund = "Refund";
    public const string OfDispute = "Dispute";

    public async Task<NotificationPlan> PlanAsync(
        string site, RefundSnapshot notified, NotificationTarget? target, CancellationToken ct)
    {
        var paymentId = notified.GatewayPaymentId!.Value;
        var subject = new NotificationSubject(OfRefund, $"{paymentId}", notified.RefundId);

        if (target is not { State: var state, Charge: { } charge })
        {
            return new NotificationPlan.Park(subject, NotificationPlan.NotKnownYet);
        }

        if (PreapprovalDecider.RefundMismatch(charge, notified) is { } mismatch)
        {
            return new NotificationPlan.Park(subject, mismatch);
        }

        var outcome = UpdateRanks.OutcomeOf(charge.RefundOf(notified.RefundId, notified.Reference), notified);
        var from = LearntFrom.Notification;

        // What records nothing is not asked about; what has no amount might record something.
        var isHint = notified is { Amount: null } or { Status: RefundStatus.Unrecognised };

        if (verification.IsWantedFor(notified)
            && (isHint || await target.WouldRecordAsync(RuleOf(charge, notified, from), ct)))
        {
            var listed = await verification.RefundsAsync(site, paymentId, ct);
            var shown = listed?.FirstOrDefault(refund => refund.RefundId == notified.RefundId);

            if (DoubtOf(notified, listed, shown) is { } doubt)
            {
                return new NotificationPlan.Park(subject, doubt);
            }

            from = shown!.Status == notified.Status && !isHint ? from : LearntFrom.LookUp;
            notified = shown with { GatewayPaymentId = paymentId };
        }

        return new NotificationPlan.Record(subject, state.Id, outcome, RuleOf(charge, notified, from));
    }

    public async Task<NotificationPlan> PlanAsync(
        string site, DisputeSnapshot notified, NotificationTarget? target, CancellationToken ct)
    {
        var subject = new NotificationSubject(OfDispute, $"{notified.GatewayPaymentId}", notified.DisputeId);

        if (target is not { State: var state, Charge: { } charge })
        {
            return new NotificationPlan.Park(subject, NotificationPlan.NotKnownYet);
        }

        var rule = RuleOf(charge, notified);

        return verification.IsWantedForDisputes && await target.WouldRecordAsync(rule, ct)
            && await verification.DisputeDoubtAsync(site, state, charge, notified.Status, ct) is { } doubt
                ? new NotificationPlan.Park(subject, doubt)
                : new NotificationPlan.Record(subject, state.Id, UpdateRanks.OutcomeOf(notified), rule);
    }

    private static string? DoubtOf(
        RefundSnapshot notified, IReadOnlyList<RefundSnapshot>? listed, RefundSnapshot? shown) =>
        listed is null ? Unverified.NotAsked
        : shown is null ? Unverified.NotFound
        : shown.Status < notified.Status ? Unverified.SaysLess
        : null;

    private NotificationRule RuleOf(Charge charge, RefundSnapshot refund, LearntFrom from) => state =>
        PreapprovalDecider.RecordRefund(
            state, charge.Id.MerchantTransactionId, refund, from, lookUps, clock.GetUtcNow());

    private NotificationRule RuleOf(Charge charge, DisputeSnapshot dispute) => state =>
        PreapprovalDecider.RecordDispute(
            state, charge.Id.MerchantTransactionId, dispute, LearntFrom.Notification, clock.GetUtcNow());
}

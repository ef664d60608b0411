using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Payments;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>Gives refunds their result. The refund is notified first, then its payment.</summary>
internal sealed class Refunding(
    RefundBook book, Store store, Settlement settlement, RefundShape shape, ChargeLedger ledger, SandboxClock clock,
    LateChanges late, Notifications notifications)
{
    public void FollowUp(Refund refund, LaterStatus later) =>
        late.Add(
            refund.PaymentId, clock.Now.AddDays(later.AfterDays), PaymentStatus.Open, later.StatusId, later.Reason,
            refund.Id);

    /// <summary>Ends an Open refund. It fails when a reversal or chargeback has taken the money meanwhile.</summary>
    public Notification Settle(Refund refund, int statusId, Reason? reason)
    {
        var payment = store.Payment(refund.PaymentId);
        if (PostPaymentStatus.IsTakenBack(payment?.StatusId))
        {
            (statusId, reason) =
                (PaymentStatus.Failed, ReturnCode.RefundInvalid.Because("the payment has gone back already"));
        }

        var saved = book.Save(refund with
        {
            StatusId = statusId,
            Reasons = reason is null ? null : [reason],
            Fate = NotificationFate.Sent
        });
        var notification = notifications.Post(
            saved.SiteId, "Refund", saved.Id, saved.MerchantTransactionId, statusId, shape.Notification(saved),
            refund.Fate);
        if (statusId == PaymentStatus.Success && payment is not null)
        {
            ledger.WentBack(payment, saved.Amount ?? 0, "refunded", $"refund {saved.Id}");
            ShowOn(payment);
        }

        return notification;
    }

    // A payment under dispute keeps that status: what was refunded shows in its refunds.
    private void ShowOn(Payment payment)
    {
        if (PostPaymentStatus.IsPaid(payment.StatusId))
        {
            var isAll = book.Returned(payment.Id) >= PostPaymentStatus.Paid(payment);
            settlement.Announce(
                settlement.Move(
                    payment, isAll ? PostPaymentStatus.Refunded : PostPaymentStatus.PartiallyRefunded, null));
        }
    }
}

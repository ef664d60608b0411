namespace Billing.Sandbox;

/// <summary>Gives refunds their result: the merchant hears of the refund first, then of what it made of the payment.</summary>
internal sealed class Refunding(RefundBook book, Store store, Settlement settlement, RefundShape shape, ChargeLedger ledger, SandboxClock clock, LateChanges late, Notifications notifications)
{
    public void FollowUp(Refund refund, LaterStatus later) =>
        late.Add(refund.PaymentId, clock.Now.AddDays(later.AfterDays), PaymentStatus.Open, later.StatusId, later.Reason, refund.Id);

    /// <summary>Ends an Open refund as Success or Failed. Money that a reversal or chargeback has taken meanwhile cannot go back again: then it fails.</summary>
    public Notification Settle(Refund refund, int statusId, Reason? reason)
    {
        var payment = store.Payment(refund.PaymentId);
        if (AfterSuccess.IsTakenBack(payment?.StatusId))
        {
            (statusId, reason) = (PaymentStatus.Failed, ReturnCode.RefundInvalid.Because("the payment has gone back already"));
        }

        var told = book.Save(refund with { StatusId = statusId, Reasons = reason is null ? null : [reason], Fate = NotificationFate.Sent });
        var notification = notifications.Post(told.SiteId, "Refund", told.Id, told.MerchantTransactionId, statusId, shape.Notification(told), refund.Fate);
        if (statusId == PaymentStatus.Success && payment is not null)
        {
            ledger.WentBack(payment, told.Amount ?? 0, "refunded", $"refund {told.Id}");
            ShowOn(payment);
        }

        return notification;
    }

    // A payment under dispute keeps that status: what was refunded shows in its refunds.
    private void ShowOn(Payment payment)
    {
        if (AfterSuccess.IsPaid(payment.StatusId))
        {
            var isAll = book.Returned(payment.Id) >= AfterSuccess.Paid(payment);
            settlement.Announce(settlement.Move(payment, isAll ? AfterSuccess.Refunded : AfterSuccess.PartiallyRefunded, null));
        }
    }
}

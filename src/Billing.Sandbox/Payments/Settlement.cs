using Billing.Sandbox.Clock;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>Changes the status of payments, records the money in the ledger and notifies the merchant.</summary>
internal sealed class Settlement(
    Store store, RefundBook refunds, SandboxClock clock, PaymentShape shape, ChargeLedger ledger, LateChanges late,
    Notifications notifications)
{
    /// <summary>Saves the payment in its new status; says nothing to the merchant.</summary>
    /// <param name="claimed">For money that goes back: at most so many hundredths; null: all that is left.</param>
    public Payment Move(Payment payment, int statusId, Reason? reason, long? claimed = null)
    {
        var isPaidNow = PaymentStatus.IsSuccess(statusId) && !PaymentStatus.IsSuccess(payment.StatusId);
        var moved = store.Save(payment with
        {
            StatusId = statusId,
            Reasons = reason is null ? null : [reason],
            SettledAt = isPaidNow ? payment.SettledAt ?? clock.Now : payment.SettledAt,
        });
        if (isPaidNow)
        {
            ledger.Captured(moved);
        }
        else if (PostPaymentStatus.IsTakenBack(statusId) && PostPaymentStatus.HasMoney(payment.StatusId))
        {
            ledger.WentBack(
                moved, Math.Min(claimed ?? long.MaxValue, Left(payment)),
                statusId == PostPaymentStatus.Reversed ? "reversed" : "charged_back", $"payment {moved.Id}");
        }
        else if (PaymentStatus.IsFailure(statusId) && !PaymentStatus.IsFailure(payment.StatusId))
        {
            ledger.Failed(moved);
        }
        else
        {
            ledger.Knows(moved);
        }

        return moved;
    }

    /// <summary>What came in and has not been refunded, in hundredths.</summary>
    public long Left(Payment payment) => PostPaymentStatus.Paid(payment) - refunds.Returned(payment.Id);

    /// <summary>Sends the payment as it is now. A fate meets one notification, the next.</summary>
    public Notification Announce(Payment payment)
    {
        var saved = store.Save(payment with { NotificationDateTime = clock.Stamp, Fate = NotificationFate.Sent });
        return notifications.Post(
            saved.SiteId, "Payment", saved.Id, saved.MerchantTransactionId, saved.StatusId ?? 0,
            shape.Notification(saved), payment.Fate);
    }

    /// <summary>After the answer: announces what is final, and remembers what comes later.</summary>
    public void FollowUp(Payment payment, Course course)
    {
        if (PaymentStatus.IsSuccess(course.StatusId) || PaymentStatus.IsFailure(course.StatusId))
        {
            Announce(payment);
        }

        if (course.Later is { } later)
        {
            late.Add(payment.Id, clock.Now.AddDays(later.AfterDays), course.StatusId, later.StatusId, later.Reason);
        }
    }
}

using Billing.Sandbox.Clock;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Payments;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Disputes;

/// <summary>
/// Disputes and chargebacks. The dispute is notified first, then the payment (docs/globalpay.md section 11).
/// </summary>
/// <remarks>Each returns null when it was done, else a sentence that says why not.</remarks>
internal sealed class Disputing(
    DisputeBook book, Settlement settlement, SandboxClock clock, Notifications notifications)
{
    /// <param name="amount">Hundredths; all that is left when null.</param>
    public string? Dispute(Payment payment, long? amount)
    {
        var left = settlement.Left(payment);
        if (!PostPaymentStatus.IsPaid(payment.StatusId))
        {
            return $"Payment {payment.Id} has status {payment.StatusId}: only what was paid, and is not disputed "
                + "already, can be disputed.";
        }

        if (amount is { } claimed && (claimed < 1 || claimed > left))
        {
            return $"Payment {payment.Id} has {left} hundredths left to dispute.";
        }

        Announce(payment, New(payment, amount ?? left, PaymentStatus.Open), PostPaymentStatus.Disputed);
        return null;
    }

    public string? Win(Payment payment) => End(payment, PostPaymentStatus.DisputeWon);

    /// <summary>No money moves yet: the chargeback does that.</summary>
    public string? Lose(Payment payment) => End(payment, PostPaymentStatus.DisputeLost);

    /// <summary>The money goes back. An open dispute is lost with it; without one, a lost dispute is created.</summary>
    public string? ChargeBack(Payment payment)
    {
        if (!PostPaymentStatus.HasMoney(payment.StatusId))
        {
            return $"Payment {payment.Id} has status {payment.StatusId}: only what was paid can be charged back.";
        }

        var dispute = book.OfPayment(payment.Id);
        var claimed = dispute is { StatusId: PaymentStatus.Open or PostPaymentStatus.DisputeLost } ? dispute : null;

        if (claimed?.StatusId is PostPaymentStatus.DisputeLost)
        {
            settlement.Announce(settlement.Move(payment, PostPaymentStatus.Chargedback, null, claimed.Amount));
        }
        else
        {
            Announce(
                payment, claimed is null
                    ? New(payment, settlement.Left(payment), PostPaymentStatus.DisputeLost)
                    : claimed with { StatusId = PostPaymentStatus.DisputeLost }, PostPaymentStatus.Chargedback);
        }

        return null;
    }

    private string? End(Payment payment, int statusId)
    {
        if (payment.StatusId is not PostPaymentStatus.Disputed
            || book.OfPayment(payment.Id) is not { StatusId: PaymentStatus.Open } dispute)
        {
            return $"Payment {payment.Id} has no open dispute.";
        }

        Announce(payment, dispute with { StatusId = statusId }, statusId);
        return null;
    }

    private Dispute New(Payment payment, long amount, int statusId) =>
        new(
            book.NextId, clock.Stamp, payment.SiteId, payment.ShownSiteId, payment.Id, payment.MethodId, amount,
            payment.Currency, statusId);

    private void Announce(Payment payment, Dispute dispute, int paymentStatusId)
    {
        var saved = book.Save(dispute);
        notifications.Post(
            saved.SiteId, "Dispute", saved.Id, payment.MerchantTransactionId, saved.StatusId,
            DisputeShape.Notification(saved), NotificationFate.Sent);
        settlement.Announce(settlement.Move(payment, paymentStatusId, null, saved.Amount));
    }
}

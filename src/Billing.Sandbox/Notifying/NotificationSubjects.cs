using Billing.Sandbox.Calls;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Notifying;

/// <summary>What scenario rules for notifications are matched against.</summary>
internal sealed class NotificationSubjects(Store store, RefundBook refunds, DisputeBook disputes)
{
    public Subject Of(string kind, int objectId, string? merchantId) => kind switch
    {
        "Preapproval" => Subject.Of(store.Preapproval(objectId)),
        "Payment" when store.Payment(objectId) is { } payment => Of(payment),
        "Refund" when refunds.Find(objectId) is { } refund && store.Payment(refund.PaymentId) is { } refunded =>
            Of(refunded) with { MerchantTransactionId = merchantId, Amount = refund.Amount },
        "Dispute" when disputes.Find(objectId) is { } dispute && store.Payment(dispute.PaymentId) is { } disputed =>
            Of(disputed) with { Amount = dispute.Amount },
        _ => new Subject(MerchantTransactionId: merchantId),
    };

    private Subject Of(Payment payment)
    {
        var about = Subject.Of(payment.PreapprovalId is { } id ? store.Preapproval(id) : null);
        return about with
        {
            MerchantTransactionId = payment.MerchantTransactionId,
            PreapprovalId = payment.PreapprovalId,
            MethodId = payment.MethodId,
            Amount = payment.Amount,
            Email = payment.Customer?.Email ?? about.Email,
        };
    }
}

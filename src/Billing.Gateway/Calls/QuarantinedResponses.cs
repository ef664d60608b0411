using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

internal static class QuarantinedResponses
{
    public static QuarantinedResponse Of(Asked asked, Reply reply, string reason)
    {
        var payment = reply.Read(TolerantJson.PaymentEnvelope)?.Payment;
        var preapproval = reply.Read(TolerantJson.PreapprovalEnvelope)?.Preapproval;

        if (reply.Read(TolerantJson.RefundEnvelope)?.Refund is { } refund)
        {
            var named = new Asked(
                asked.SiteId, asked.Operation, GatewayPaymentId: Positive(refund.InitialPaymentID),
                RefundReference: refund.MerchantTransactionID);

            return new QuarantinedResponse(asked, reason, reply.StatusCode, reply.Body, named, Positive(refund.ID));
        }

        return new QuarantinedResponse(
            asked, reason, reply.StatusCode, reply.Body,
            payment is null && preapproval is null
                ? null
                : new Asked(
                    asked.SiteId, asked.Operation, Positive(payment?.PreapprovalID ?? preapproval?.ID),
                    preapproval?.MerchantPreapprovalID, payment?.MerchantTransactionID),
            Positive(payment?.ID ?? preapproval?.ID));
    }

    private static int? Positive(int? id) => id is > 0 ? id : null;
}

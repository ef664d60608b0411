using Billing.Gateway.Wire;

namespace Billing.Gateway.Requests;

/// <summary>Refusals in the gateway's envelope: the success shape with Status.Reasons (docs/globalpay.md).</summary>
/// <remarks>
/// The readable parts of the request that are not personal are echoed: a caller recognises a refusal by its own id.
/// </remarks>
public static class RefusalWriter
{
    /// <param name="code">A GlobalPay return code in digits.</param>
    /// <param name="text">A sentence for people.</param>
    /// <param name="request">The body that is refused; empty when there was none.</param>
    public static PreapprovalEnvelope Preapproval(string code, string text, ReadOnlyMemory<byte> request = default)
    {
        var asked = RequestBody.TryRead(request, GlobalPayJson.Answers.PreapprovalEnvelope)?.Preapproval;
        return new PreapprovalEnvelope
        {
            Preapproval = new WirePreapproval
            {
                MethodID = asked?.MethodID,
                MerchantPreapprovalID = Echo(asked?.MerchantPreapprovalID),

                // Not null, or the official .NET client cannot read the refusal (docs/globalpay.md).
                Status = Refused(0, code, text),
                MethodOptionID = asked?.MethodOptionID ?? 0,
            },
        };
    }

    /// <inheritdoc cref="Preapproval"/>
    public static PaymentEnvelope Payment(string code, string text, ReadOnlyMemory<byte> request = default)
    {
        var asked = RequestBody.TryRead(request, GlobalPayJson.Answers.RecurrentEnvelope)?.Payment;
        return new PaymentEnvelope
        {
            Payment = new WirePayment
            {
                MerchantTransactionID = Echo(asked?.MerchantTransactionID),
                Amount = asked?.Amount is { Value: { } hundredths } ? Digits.InString(hundredths) : null,
                Currency = FieldRules.CurrencyOrNull(asked?.Currency),
                MethodID = asked?.MethodID,
                PreapprovalID = asked?.PreapprovalID,
                Status = Refused(null, code, text),
            },
        };
    }

    /// <param name="paymentId">The payment that the path names; null where it is no number.</param>
    /// <inheritdoc cref="Preapproval"/>
    public static RefundEnvelope Refund(
        string code, string text, int? paymentId, ReadOnlyMemory<byte> request = default)
    {
        var asked = RequestBody.TryRead(request, GlobalPayJson.Answers.RefundRequestEnvelope)?.Refund;
        return new RefundEnvelope
        {
            // Ids that are not there are 0, or the official .NET client cannot read the refusal (docs/globalpay.md).
            Refund = new WireRefund
            {
                ID = 0,
                MerchantTransactionID = Echo(asked?.MerchantTransactionID),
                InitialPaymentID = paymentId ?? 0,
                Amount = asked?.Amount is { Value: { } hundredths } ? Digits.InString(hundredths) : null,
                TypeID = 0,
                Status = Refused(null, code, text),
                SplitID = 0,
            },
        };
    }

    private static string? Echo(string? id) => id is not null && FieldRules.MerchantId().IsMatch(id) ? id : null;

    private static WireStatus Refused(int? statusId, string code, string text) =>
        new() { ID = statusId, Reasons = [new WireReason { Code = code, Info = text }] };
}

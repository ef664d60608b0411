using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>Refusals in the gateway's own envelope: the success shape with Status.Reasons (GLOBALPAY.md section 3).</summary>
public static class RefusalWriter
{
    /// <summary>A refused preapproval: echoes nothing personal.</summary>
    /// <param name="code">A GlobalPay return code in digits.</param>
    /// <param name="text">A sentence for people.</param>
    /// <param name="asked">What was asked, as far as it could be read.</param>
    public static PreapprovalEnvelope Preapproval(string code, string text, MandateTerms? asked = null) => new()
    {
        Preapproval = new WirePreapproval
        {
            MethodID = asked?.MethodId,
            MerchantPreapprovalID = asked?.MerchantPreapprovalId,
            Currency = asked?.Currency,
            Description = asked?.Description,

            // Not null, or the official .NET client cannot read the refusal (GLOBALPAY.md section 13).
            Status = Refused(0, code, text),
            MethodOptionID = asked?.MethodOptionId ?? 0,
        },
    };

    /// <summary>A refused payment: no id, no status, only why.</summary>
    /// <param name="code">A GlobalPay return code in digits.</param>
    /// <param name="text">A sentence for people.</param>
    /// <param name="merchantTransactionId">Echoed where it could be read.</param>
    /// <param name="amount">Echoed as it came.</param>
    /// <param name="currency">Echoed as it came.</param>
    /// <param name="preapprovalId">Echoed as it came.</param>
    public static PaymentEnvelope Payment(
        string code, string text, string? merchantTransactionId = null, Digits? amount = null, string? currency = null, int? preapprovalId = null) => new()
    {
        Payment = new WirePayment
        {
            MerchantTransactionID = merchantTransactionId,
            Amount = amount,
            Currency = currency,
            PreapprovalID = preapprovalId,
            Status = Refused(null, code, text),
        },
    };

    private static WireStatus Refused(int? statusId, string code, string text) => new() { ID = statusId, Reasons = [new WireReason { Code = code, Info = text }] };
}

using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>What a reply about one charge means. Nothing is told before it matches what was asked.</summary>
/// <param name="order">What was asked.</param>
/// <param name="wireAmount">Its amount as it goes over the wire.</param>
/// <param name="money">For reading amounts.</param>
internal sealed class ChargeAnswers(ChargeOrder order, long wireAmount, WireMoney money)
{
    /// <summary>Reads the reply to the POST.</summary>
    public ChargeAnswer ToWrite(Reply reply) => NeverLeft(reply) ?? (reply.MayRefuse ? RefusedOr(reply) : Told(reply, null));

    /// <summary>Reads the reply to a GET by an id that a list has just shown: a 404 contradicts it, and is no "not found".</summary>
    public ChargeAnswer ToRead(Reply reply, int paymentId) =>
        NeverLeft(reply) ?? (reply.StatusCode == 404 ? new ChargeAnswer.Unknown("listed_but_not_found") : Told(reply, paymentId));

    /// <summary>Not null: nothing was asked at all.</summary>
    public static ChargeAnswer? NeverLeft(Reply reply) => reply.NeverLeftWait is { } wait ? new ChargeAnswer.NotSent(reply.Symptom!, wait) : null;

    /// <summary>In what the payment differs from what was asked, as a symptom; null when in nothing. Currency, preapproval and site may be left unsaid.</summary>
    /// <param name="wire">What came.</param>
    /// <param name="paymentId">The id that was asked by; null when none was.</param>
    public string? MismatchOf(WirePayment wire, int? paymentId = null) =>
        !string.Equals(wire.MerchantTransactionID, order.MerchantTransactionId, StringComparison.Ordinal) ? "mismatch_merchant_transaction_id"
        : wire.Amount?.Value != wireAmount ? "mismatch_amount"
        : !string.IsNullOrEmpty(wire.Currency) && !string.Equals(wire.Currency, order.Amount.Currency, StringComparison.Ordinal) ? "mismatch_currency"
        : wire.PreapprovalID is > 0 && wire.PreapprovalID != order.GatewayPreapprovalId ? "mismatch_preapproval_id"
        : paymentId is not null && wire.ID != paymentId ? "mismatch_payment_id"
        : IsOfAnotherSite(wire) ? "mismatch_site_id"
        : null;

    // A MerchantTransactionID is unique per site only. Still a preapproval of ours may go by another site's number (KakaoPay, GLOBALPAY.md section 6.3): there its id proves that the payment is ours.
    private bool IsOfAnotherSite(WirePayment wire) =>
        wire.SiteID is > 0 and var site && wire.PreapprovalID is null or 0 && site.ToString(CultureInfo.InvariantCulture) != order.SiteId;

    private ChargeAnswer Told(Reply reply, int? paymentId)
    {
        var wire = reply.IsSuccess ? reply.Read(ForgivingJson.PaymentEnvelope)?.Payment : null;

        // Neither id nor status: our own request reflected, not an answer.
        return wire is null || (wire.ID is null or 0 && wire.Status?.ID is null) ? new ChargeAnswer.Unknown(reply.SymptomOr("garbled"))
            : MismatchOf(wire, paymentId) is { } mismatch ? new ChargeAnswer.Unknown(mismatch)
            : new ChargeAnswer.Told(PaymentReader.Read(wire, money));
    }

    private ChargeAnswer RefusedOr(Reply reply)
    {
        var wire = reply.Read(ForgivingJson.PaymentEnvelope)?.Payment;
        var undecided = new ChargeAnswer.Unknown(reply.SymptomOr("garbled"));

        if (wire is null || string.IsNullOrEmpty(wire.MerchantTransactionID))
        {
            return Refusal.SymptomOf(wire?.Status) is { } open ? new ChargeAnswer.Unknown(open) : undecided;
        }

        if (!string.Equals(wire.MerchantTransactionID, order.MerchantTransactionId, StringComparison.Ordinal))
        {
            return new ChargeAnswer.Unknown("mismatch_merchant_transaction_id");
        }

        return Refusal.IsDuplicate(wire.Status) ? new ChargeAnswer.Duplicate()
            : Refusal.SymptomOf(wire.Status) is { } symptom ? new ChargeAnswer.Unknown(symptom)
            : wire.ID is > 0 ? OfPayment(wire)
            : Refusal.Of(wire.Status) is { } reason && Refusal.LeftNothing(wire.Status) ? new ChargeAnswer.Refused(reason.Code!, reason.Info)
            : undecided;
    }

    // A 4xx with an id is about a payment that exists (402: valid, but failed): then its status decides, and it must match in full.
    private ChargeAnswer OfPayment(WirePayment wire) =>
        wire.Status?.ID is null or 0 ? new ChargeAnswer.Unknown("refused_with_id")
        : MismatchOf(wire) is { } mismatch ? new ChargeAnswer.Unknown(mismatch)
        : new ChargeAnswer.Told(PaymentReader.Read(wire, money));
}

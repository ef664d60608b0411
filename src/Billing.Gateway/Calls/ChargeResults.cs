using System.Globalization;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>What a reply about one charge means. Nothing is confirmed before it matches what was asked.</summary>
/// <param name="order">What was asked.</param>
/// <param name="wireAmount">Its amount as it goes over the wire.</param>
/// <param name="money">For reading amounts.</param>
internal sealed class ChargeResults(ChargeOrder order, long wireAmount, WireMoney money)
{
    /// <summary>Reads the reply to the POST.</summary>
    public ChargeResult ToWrite(Reply reply) =>
        NotSentOf(reply) ?? (reply.MayRefuse ? RefusedOr(reply) : Matching(reply, null));

    /// <summary>
    /// Reads the reply to a GET by an id that a list has just shown: a 404 contradicts it, and is no "not found".
    /// </summary>
    public ChargeResult ToRead(Reply reply, int paymentId) =>
        NotSentOf(reply)
        ?? (reply.StatusCode == 404 ? new ChargeResult.Unknown("listed_but_not_found") : Matching(reply, paymentId));

    /// <returns>Null for a request that was sent.</returns>
    public static ChargeResult? NotSentOf(Reply reply) =>
        reply.NotSentWait is { } wait ? new ChargeResult.NotSent(reply.Symptom!, wait) : null;

    /// <summary>
    /// In what the payment differs from what was asked, as a symptom; null when in nothing. Currency, preapproval and
    /// site may be left unsaid.
    /// </summary>
    /// <param name="wire">What came.</param>
    /// <param name="paymentId">The id that was asked by; null when none was.</param>
    public string? MismatchOf(WirePayment wire, int? paymentId = null) =>
        !string.Equals(wire.MerchantTransactionID, order.MerchantTransactionId, StringComparison.Ordinal)
            ? "mismatch_merchant_transaction_id"
        : IsThisCharge(wire) ? (paymentId is not null && wire.ID != paymentId ? "mismatch_payment_id" : null)
        : wire.Amount?.Value != wireAmount ? "mismatch_amount"
        : !string.IsNullOrEmpty(wire.Currency)
            && !string.Equals(wire.Currency, order.Amount.Currency, StringComparison.Ordinal)
            ? "mismatch_currency"
        : wire.PreapprovalID is > 0 && wire.PreapprovalID != order.GatewayPreapprovalId ? "mismatch_preapproval_id"
        : paymentId is not null && wire.ID != paymentId ? "mismatch_payment_id"
        : IsOfAnotherSite(wire) ? "mismatch_site_id"
        : null;

    /// <summary>
    /// <see cref="MismatchOf"/> of a row of a list. A row has limited detail: where one of a duplicate names no
    /// preapproval, the payment itself has to be read.
    /// </summary>
    public string? MismatchOfRow(WirePayment row) =>
        order.IsDuplicate && row.PreapprovalID is null or 0
        && string.Equals(row.MerchantTransactionID, order.MerchantTransactionId, StringComparison.Ordinal)
            ? null
            : MismatchOf(row);

    // A restored backup may ask for another amount than was sent before; the gateway has refused this one as a
    // duplicate. An amount that cannot be read is not known: it is no other amount.
    private bool IsThisCharge(WirePayment wire) =>
        order.IsDuplicate && wire.PreapprovalID == order.GatewayPreapprovalId
        && money.Read(wire.Amount, wire.Currency) is not null;

    // A MerchantTransactionID is unique per site only. Still a preapproval of ours may carry another site's number
    // (KakaoPay, docs/globalpay.md): its id proves that the payment is ours.
    private bool IsOfAnotherSite(WirePayment wire) =>
        wire.SiteID is > 0 and var site && wire.PreapprovalID is null or 0
            && site.ToString(CultureInfo.InvariantCulture) != order.SiteId;

    private ChargeResult Matching(Reply reply, int? paymentId)
    {
        var wire = reply.IsSuccess ? reply.Read(TolerantJson.PaymentEnvelope)?.Payment : null;

        // Neither id nor status: our own request reflected, not an answer.
        return wire is null || (wire.ID is null or 0 && wire.Status?.ID is null)
                ? new ChargeResult.Unknown(reply.SymptomOr("garbled"))
            : MismatchOf(wire, paymentId) is { } mismatch ? new ChargeResult.Unknown(mismatch)
            : new ChargeResult.Confirmed(PaymentReader.Read(wire, money));
    }

    private ChargeResult RefusedOr(Reply reply)
    {
        var wire = reply.Read(TolerantJson.PaymentEnvelope)?.Payment;
        var undecided = new ChargeResult.Unknown(reply.SymptomOr("garbled"));

        if (wire is null || string.IsNullOrEmpty(wire.MerchantTransactionID))
        {
            return Refusal.SymptomOf(wire?.Status) is { } open ? new ChargeResult.Unknown(open) : undecided;
        }

        if (!string.Equals(wire.MerchantTransactionID, order.MerchantTransactionId, StringComparison.Ordinal))
        {
            return new ChargeResult.Unknown("mismatch_merchant_transaction_id");
        }

        return Refusal.IsDuplicate(wire.Status) ? new ChargeResult.Duplicate()
            : Refusal.SymptomOf(wire.Status) is { } symptom ? new ChargeResult.Unknown(symptom)
            : wire.ID is > 0 ? OfPayment(wire)
            : Refusal.Of(wire.Status) is { } reason && Refusal.LeftNothing(wire.Status)
                ? new ChargeResult.Refused(reason.Code!, Sealed<string>.OfNullable(reason.Info))
            : undecided;
    }

    // A 4xx with an id is about a payment that exists (402: valid, but failed): then its status decides, and it must
    // match in full.
    private ChargeResult OfPayment(WirePayment wire) =>
        wire.Status?.ID is null or 0 ? new ChargeResult.Unknown("refused_with_id")
        : MismatchOf(wire) is { } mismatch ? new ChargeResult.Unknown(mismatch)
        : new ChargeResult.Confirmed(PaymentReader.Read(wire, money));
}

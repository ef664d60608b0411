using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>What a reply about one refund means. Nothing is confirmed before it matches what was asked.</summary>
/// <param name="order">What was asked.</param>
/// <param name="wireAmount">Its amount as it goes over the wire.</param>
/// <param name="money">For reading amounts.</param>
internal sealed class RefundResults(RefundOrder order, long wireAmount, WireMoney money)
{
    /// <summary>Reads the reply to the POST.</summary>
    public RefundResult ToWrite(Reply reply) =>
        NotSentOf(reply) is { } notSent ? notSent
        : reply.MayRefuse ? RefusedOr(reply)
        : reply.IsSuccess && reply.Read(TolerantJson.RefundEnvelope)?.Refund is { ID: > 0 } wire ? Matching(wire)
        : new RefundResult.Unknown(reply.SymptomOr("garbled"));

    /// <summary>
    /// Looks for it in the list of its payment's refunds. "Not found" is said only of a list that is readable
    /// throughout.
    /// </summary>
    public RefundResult InList(Reply reply)
    {
        if (RowsOf(reply) is not { } rows)
        {
            return NotSentOf(reply) ?? new RefundResult.Unknown(reply.SymptomOr("garbled"));
        }

        var matches = rows.Where(row =>
            string.Equals(row.MerchantTransactionID, order.Reference, StringComparison.Ordinal)).ToList();

        return matches.Count > 0 ? Matching(matches.MaxBy(RankOf)!)
            : rows.All(row => !string.IsNullOrEmpty(row.MerchantTransactionID)) ? new RefundResult.NotFound()
            : new RefundResult.Unknown("list_incomplete");
    }

    /// <returns>Null for a request that was sent.</returns>
    public static RefundResult? NotSentOf(Reply reply) =>
        reply.NotSentWait is { } wait ? new RefundResult.NotSent(reply.Symptom!, wait) : null;

    /// <returns>Null for what is no list of refunds.</returns>
    public static IReadOnlyList<WireRefund>? RowsOf(Reply reply) =>
        reply.IsSuccess && reply.Read(TolerantJson.RefundList) is { Refunds: { } rows } list
            && string.IsNullOrEmpty(list.Error) && rows.All(row => row is { ID: > 0 })
            ? rows
            : null;

    private RefundResult Matching(WireRefund wire) =>
        MismatchOf(wire) is { } mismatch ? new RefundResult.Unknown(mismatch)
        : RefundReader.Read(wire, money) is { } refund ? new RefundResult.Confirmed(refund)
        : new RefundResult.Unknown("garbled");

    // Currency and payment may be left unsaid.
    private string? MismatchOf(WireRefund wire) =>
        !string.Equals(wire.MerchantTransactionID, order.Reference, StringComparison.Ordinal)
            ? "mismatch_merchant_transaction_id"
        : wire.Amount?.Value != wireAmount ? "mismatch_amount"
        : !string.IsNullOrEmpty(wire.Currency)
            && !string.Equals(wire.Currency, order.Amount.Currency, StringComparison.Ordinal)
            ? "mismatch_currency"
        : wire.InitialPaymentID is > 0 && wire.InitialPaymentID != order.GatewayPaymentId ? "mismatch_payment_id"
        : null;

    private RefundResult RefusedOr(Reply reply)
    {
        var wire = reply.Read(TolerantJson.RefundEnvelope)?.Refund;
        var undecided = new RefundResult.Unknown(reply.SymptomOr("garbled"));

        if (wire is null || string.IsNullOrEmpty(wire.MerchantTransactionID))
        {
            return Refusal.SymptomOf(wire?.Status) is { } open ? new RefundResult.Unknown(open) : undecided;
        }

        return !string.Equals(wire.MerchantTransactionID, order.Reference, StringComparison.Ordinal)
                ? new RefundResult.Unknown("mismatch_merchant_transaction_id")
            : Refusal.IsDuplicate(wire.Status) ? new RefundResult.Duplicate()
            : Refusal.SymptomOf(wire.Status) is { } symptom ? new RefundResult.Unknown(symptom)
            : wire.ID is > 0 ? Matching(wire)
            : Refusal.Of(wire.Status) is { } reason && Refusal.LeftNothing(wire.Status)
                ? new RefundResult.Refused(reason.Code!, Sealed<string>.OfNullable(reason.Info))
            : undecided;
    }

    // Of several refunds under one id, the one that has most to do with money.
    private static int RankOf(WireRefund row) => PaymentStatuses.MeaningOf(row.Status?.ID) switch
    {
        PaymentStatus.Failed => 0,
        PaymentStatus.Pending or PaymentStatus.UnderReview => 1,
        PaymentStatus.Unrecognised => 2,
        _ => 3,
    };
}

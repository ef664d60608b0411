using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>What a reply about one refund means. Nothing is told before it matches what was asked.</summary>
/// <param name="order">What was asked.</param>
/// <param name="wireAmount">Its amount as it goes over the wire.</param>
/// <param name="money">For reading amounts.</param>
internal sealed class RefundAnswers(RefundOrder order, long wireAmount, WireMoney money)
{
    /// <summary>Reads the reply to the POST.</summary>
    public RefundAnswer ToWrite(Reply reply) => NeverLeft(reply) is { } never ? never
        : reply.MayRefuse ? RefusedOr(reply)
        : (reply.IsSuccess ? reply.Read(ForgivingJson.RefundEnvelope)?.Refund : null) is not { ID: > 0 } wire ? new RefundAnswer.Unknown(reply.SymptomOr("garbled"))
        : Told(wire);

    /// <summary>Looks for it in the list of its payment's refunds. "Not found" lets it be sent again, so it is said only of a list that is readable throughout.</summary>
    public RefundAnswer InList(Reply reply)
    {
        if (RowsOf(reply) is not { } rows)
        {
            return NeverLeft(reply) ?? new RefundAnswer.Unknown(reply.SymptomOr("garbled"));
        }

        var matches = rows.Where(row => string.Equals(row.MerchantTransactionID, order.Reference, StringComparison.Ordinal)).ToList();

        return matches.Count > 0 ? Told(matches.MaxBy(RankOf)!)
            : rows.All(row => !string.IsNullOrEmpty(row.MerchantTransactionID)) ? new RefundAnswer.NotFound()
            : new RefundAnswer.Unknown("list_incomplete");
    }

    /// <returns>Null for what did leave the house.</returns>
    public static RefundAnswer? NeverLeft(Reply reply) => reply.NeverLeftWait is { } wait ? new RefundAnswer.NotSent(reply.Symptom!, wait) : null;

    /// <returns>Null for what is no list of refunds.</returns>
    public static IReadOnlyList<WireRefund>? RowsOf(Reply reply) =>
        reply.IsSuccess && reply.Read(ForgivingJson.RefundList) is { Refunds: { } rows } list && string.IsNullOrEmpty(list.Error) && rows.All(row => row is { ID: > 0 }) ? rows : null;

    private RefundAnswer Told(WireRefund wire) => MismatchOf(wire) is { } mismatch ? new RefundAnswer.Unknown(mismatch)
        : RefundReader.Read(wire, money) is { } refund ? new RefundAnswer.Told(refund)
        : new RefundAnswer.Unknown("garbled");

    // Currency and payment may be left unsaid.
    private string? MismatchOf(WireRefund wire) =>
        !string.Equals(wire.MerchantTransactionID, order.Reference, StringComparison.Ordinal) ? "mismatch_merchant_transaction_id"
        : wire.Amount?.Value != wireAmount ? "mismatch_amount"
        : !string.IsNullOrEmpty(wire.Currency) && !string.Equals(wire.Currency, order.Amount.Currency, StringComparison.Ordinal) ? "mismatch_currency"
        : wire.InitialPaymentID is > 0 && wire.InitialPaymentID != order.GatewayPaymentId ? "mismatch_payment_id"
        : null;

    private RefundAnswer RefusedOr(Reply reply)
    {
        var wire = reply.Read(ForgivingJson.RefundEnvelope)?.Refund;
        var undecided = new RefundAnswer.Unknown(reply.SymptomOr("garbled"));

        if (wire is null || string.IsNullOrEmpty(wire.MerchantTransactionID))
        {
            return Refusal.SymptomOf(wire?.Status) is { } open ? new RefundAnswer.Unknown(open) : undecided;
        }

        return !string.Equals(wire.MerchantTransactionID, order.Reference, StringComparison.Ordinal) ? new RefundAnswer.Unknown("mismatch_merchant_transaction_id")
            : Refusal.IsDuplicate(wire.Status) ? new RefundAnswer.Duplicate()
            : Refusal.SymptomOf(wire.Status) is { } symptom ? new RefundAnswer.Unknown(symptom)
            : wire.ID is > 0 ? Told(wire)
            : Refusal.Of(wire.Status) is { } reason && Refusal.LeftNothing(wire.Status) ? new RefundAnswer.Refused(reason.Code!, reason.Info)
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

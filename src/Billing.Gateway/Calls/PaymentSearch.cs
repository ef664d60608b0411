using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>Looks for one charge in a list by MerchantTransactionID.</summary>
/// <remarks>"Not found" lets the charge be sent again, so it is the result of a whole and readable list only.</remarks>
internal static class PaymentSearch
{
    /// <summary>Rows asked for, the gateway's own default.</summary>
    public const int PageSize = 50;

    /// <summary>The row to read next, or an answer at once.</summary>
    /// <returns>Either the gateway's id of the payment, or NotFound, Unknown or NotSent.</returns>
    public static (int? PaymentId, ChargeResult? Answer) In(Reply reply, ChargeOrder order, ChargeResults asked)
    {
        if (ChargeResults.NotSentOf(reply) is { } notSent)
        {
            return (null, notSent);
        }

        if (!reply.IsSuccess || reply.Read(TolerantJson.PaymentList) is not { Payments: { } rows } list
            || !string.IsNullOrEmpty(list.Error) || rows.Any(row => row is null))
        {
            return Unknown(reply.SymptomOr("garbled"));
        }

        var matches = rows.Where(row =>
            string.Equals(row.MerchantTransactionID, order.MerchantTransactionId, StringComparison.Ordinal)).ToList();
        if (matches.Count == 0)
        {
            return IsWhole(list, rows) ? (null, new ChargeResult.NotFound()) : Unknown("list_incomplete");
        }

        var mismatch = matches.Select(row => asked.MismatchOfRow(row)).FirstOrDefault(mismatch => mismatch is not null);

        return mismatch is not null ? Unknown(matches.Count > 1 ? "several_payments" : mismatch)
            : matches.MaxBy(RankOf)!.ID is { } id and > 0 ? (id, null)
            : Unknown("garbled");
    }

    // A filter that was not obeyed, a page that is not the only one, a row that does not name its transaction: ours may
    // be out of sight.
    private static bool IsWhole(PaymentList list, IReadOnlyList<WirePayment> rows) =>
        rows.Count < PageSize
        && (list.TotalCount ?? 0) <= rows.Count
        && (list.TotalPages ?? 1) <= 1
        && rows.All(row => !string.IsNullOrEmpty(row.MerchantTransactionID));

    // Of several payments under one id, the one that has most to do with money.
    private static int RankOf(WirePayment row) => PaymentStatuses.MeaningOf(row.Status?.ID) switch
    {
        PaymentStatus.Failed => 0,
        PaymentStatus.Pending or PaymentStatus.UnderReview => 1,
        PaymentStatus.Unrecognised => 2,
        _ => 3,
    };

    private static (int?, ChargeResult?) Unknown(string symptom) => (null, new ChargeResult.Unknown(symptom));
}

using Billing.Api.Hosting;

namespace Billing.Api.Attention;

/// <summary>A kind whose items are rows of tables.</summary>
/// <remarks>
/// List and count are both made from <see cref="Rows"/>, so that they agree. An index has to begin with the tenant,
/// or with the tenant and what the rows are chosen by, and go on with <c>since</c>.
/// </remarks>
public abstract class SqlAttentionKind(AttentionRows rows) : AttentionKind
{
    /// <summary>
    /// A select of <c>site</c>, <c>since</c> (timestamptz), <c>key</c> (text, unique within site and kind),
    /// <c>subscription_id</c> (uuid), and of whatever <see cref="Item"/> reads, as text. $2 is the instant before which
    /// a due date without a decision is overdue.
    /// </summary>
    /// <param name="schema">That of the tables.</param>
    public abstract string Rows(string schema);

    /// <summary>What is shown of a row.</summary>
    public abstract AttentionItem Item(AttentionRow row);

    public sealed override Task<IReadOnlyList<AttentionItem>> ListAsync(AttentionQuery query, CancellationToken ct) =>
        rows.ListAsync([this], query, ct);

    public sealed override async Task<long> CountAsync(CancellationToken ct) =>
        (await rows.CountAsync([this], ct))[Name];

    /// <summary>An item with the ids that its row has.</summary>
    protected AttentionItem Item(AttentionRow row, string clock, string why, params string[] commands) =>
        new(Name, row.Site, row.Since, clock, why, commands)
        {
            Key = row.Key,
            SubscriptionId = row.SubscriptionId,
            GatewayPreapprovalId = row.Number("gateway_preapproval_id"),
            MerchantPreapprovalId = row["merchant_preapproval_id"],
            MerchantTransactionId = row["charge"],
            GatewayPaymentId = row.Number("gateway_payment_id"),
            AmountMinor = row.LongNumber("amount"),
            Currency = row["currency"],
        };
}

using Billing.Domain.Preapprovals;

namespace Billing.Api.Attention.Kinds;

/// <summary>Subscriptions that are not charged until a person resumes or changes them.</summary>
public sealed class SuspendedSubscriptions(AttentionRows rows) : SqlAttentionKind(rows)
{
    public const string Kind = "subscription_suspended";

    public override string Name => Kind;

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.trouble_since as since, d.id::text as key, d.id as subscription_id,
            d.data #>> '{"{Suspension,Reason}"}' as reason, d.data #>> '{"{Gateway,PreapprovalId}"}' as gateway_id,
            d.data #>> '{"{Schedule,Amount,Minor}"}' as amount, d.data #>> '{"{Schedule,Amount,Currency}"}' as currency
        from {schema}.mt_doc_subscription d where d.trouble = '{PreapprovalDecider.Suspended}'
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"Charging is suspended ({row["reason"]}): resume it if the gateway was wrong, or ask the customer for another "
        + "mandate and close this one.",
        Settling.Call($"POST /v1/subscriptions/{row.Key}/resume"),
        Settling.Call($"DELETE /v1/preapprovals/{row["gateway_id"]}"));
}

namespace Billing.Api.Attention.Kinds;

/// <summary>Due dates and retries that passed long ago and have no decision.</summary>
public sealed class OverduePeriods(AttentionRows rows) : SqlAttentionKind(rows)
{
    public override string Name => "period_overdue";

    public override string Rows(string schema) =>
        $"{Due(schema, "next_due_at")} union all {Due(schema, "next_retry_at")}";

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"What was due at {Settling.At(row.Since)} has not been decided: no node runs its jobs, or its log says why.",
        "./billing serve");

    // A subscription that opens at noon is due since midnight, and not overdue.
    private static string Due(string schema, string column) =>
        $"""
        select d.tenant_id as site, d.{column} as since, d.id::text as key, d.id as subscription_id,
            d.data #>> '{"{Schedule,Amount,Minor}"}' as amount, d.data #>> '{"{Schedule,Amount,Currency}"}' as currency
        from {schema}.mt_doc_subscription d
        where d.{column} <= $2 and (d.data ->> 'OpenedAt')::timestamptz <= $2
        """;
}

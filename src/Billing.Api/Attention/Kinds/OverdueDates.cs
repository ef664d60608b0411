namespace Billing.Api.Attention.Kinds;

/// <summary>Instants of one column that passed long ago and have no decision.</summary>
public abstract class OverdueDates(AttentionRows rows) : SqlAttentionKind(rows)
{
    /// <summary>The column of the instant.</summary>
    protected abstract string Column { get; }

    // A subscription that opens at noon is due since midnight, and not overdue.
    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.{Column} as since, d.id::text as key, d.id as subscription_id,
            d.data #>> '{"{Schedule,Amount,Minor}"}' as amount, d.data #>> '{"{Schedule,Amount,Currency}"}' as currency
        from {schema}.mt_doc_subscription d
        where d.{Column} <= $2 and (d.data ->> 'OpenedAt')::timestamptz <= $2
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"What was due at {Settling.At(row.Since)} has not been decided: no node runs its jobs, or its log says why.",
        "./billing serve");
}

/// <summary>Due dates that passed long ago and have no decision.</summary>
public sealed class OverduePeriods(AttentionRows rows) : OverdueDates(rows)
{
    public override string Name => "period_overdue";

    protected override string Column => "next_due_at";
}

/// <summary>Retries that were due long ago and have no decision.</summary>
public sealed class OverdueRetries(AttentionRows rows) : OverdueDates(rows)
{
    public override string Name => "retry_overdue";

    protected override string Column => "next_retry_at";
}

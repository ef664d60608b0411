namespace Billing.Api.Attention.Kinds;

/// <summary>Refunds that look-ups have not settled.</summary>
/// <remarks>Those of one payment are ordered by the oldest of them.</remarks>
public sealed class OwnedRefunds(AttentionRows rows) : SqlAttentionKind(rows)
{
    public const string Kind = "refund_with_owner";

    public override string Name => Kind;

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.refund_owned_since as since, d.id || '/' || (refund ->> 'Key') as key,
            d.preapproval_id as subscription_id, d.id as charge, d.gateway_payment_id::text as gateway_payment_id,
            refund ->> 'Key' as refund, refund ->> 'IsOurs' as is_ours,
            refund #>> '{"{Amount,Minor}"}' as amount, refund #>> '{"{Amount,Currency}"}' as currency,
            refund #>> '{"{Call,Symptom}"}' as symptom
        from {schema}.mt_doc_payment d
        cross join lateral jsonb_array_elements(coalesce(d.data #> '{"{Charge,Refunds}"}', '[]')) refund
        where d.refund_owned_since is not null and refund #>> '{"{Call,Owner}"}' is not null
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"The look-ups did not settle the refund ({row["symptom"] ?? "pending"}). Ask the provider.",
        Commands(row)) with
    { RefundId = row["refund"] };

    // One that was made elsewhere is settled by what the gateway shows.
    private static string[] Commands(AttentionRow row) => row["is_ours"] == "true"
        ?
        [
            Settling.Resolve("resolve-refund", row["refund"]!, "refunded", row.Site),
            Settling.Resolve("resolve-refund", row["refund"]!, "failed", row.Site),
        ]
        : [Settling.Compare(row.Site)];
}

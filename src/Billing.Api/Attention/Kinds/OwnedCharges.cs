namespace Billing.Api.Attention.Kinds;

/// <summary>Charges that look-ups have not settled, or that the provider reviews.</summary>
public sealed class OwnedCharges(AttentionRows rows) : SqlAttentionKind(rows)
{
    public const string Kind = "charge_with_owner";

    public override string Name => Kind;

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.owned_since as since, d.id as key, d.preapproval_id as subscription_id,
            d.id as charge, d.gateway_payment_id::text as gateway_payment_id,
            d.data #>> '{"{Charge,Amount,Minor}"}' as amount, d.data #>> '{"{Charge,Amount,Currency}"}' as currency,
            d.data #>> '{"{Charge,Call,State}"}' as state, d.data #>> '{"{Charge,Call,Symptom}"}' as symptom
        from {schema}.mt_doc_payment d where d.owned_since is not null
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        row["state"] == "Pending"
            ? "The gateway has not decided about the charge in the time of its method. Ask the provider."
            : $"The look-ups did not settle the charge ({row["symptom"] ?? "unknown"}). Ask the provider.",
        Settling.Resolve("resolve", row.Key, "charged", row.Site),
        Settling.Resolve("resolve", row.Key, "failed", row.Site));
}

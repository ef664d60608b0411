using Billing.Api.Reconciliation;

namespace Billing.Api.Attention.Kinds;

/// <summary>Preapprovals and payments that the gateway has and we have not.</summary>
public sealed class OpenStrays(AttentionRows rows) : SqlAttentionKind(rows)
{
    public override string Name => "stray";

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.open_since as since, d.id as key, null::uuid as subscription_id,
            d.data ->> 'Kind' as kind, d.data ->> 'GatewayId' as gateway_id, d.data ->> 'Reference' as reference
        from {schema}.mt_doc_reconciliationstray d where d.open_since is not null
        """;

    public override AttentionItem Item(AttentionRow row)
    {
        var isPreapproval = row["kind"] == ReconciliationStray.OfPreapproval;
        var item = Item(
            row, AttentionItem.Business,
            $"The gateway has a {row["kind"]} that is not recorded here: {row["gateway_id"]} "
            + $"({row["reference"] ?? "without our id"}).",
            isPreapproval ? Settling.Recover(row.Site) : Settling.Compare(row.Site),
            $"./billing audit dismiss {row.Key} --site {row.Site} --by WHO");

        return isPreapproval
            ? item with { GatewayPreapprovalId = row.Number("gateway_id"), MerchantPreapprovalId = row["reference"] }
            : item with { GatewayPaymentId = row.Number("gateway_id"), MerchantTransactionId = row["reference"] };
    }
}

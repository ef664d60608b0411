namespace Billing.Api.Attention.Kinds;

/// <summary>Payments that are disputed, without a decision.</summary>
public sealed class OpenDisputes(AttentionRows rows) : SqlAttentionKind(rows)
{
    public override string Name => "dispute";

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.disputed_since as since, d.id as key, d.preapproval_id as subscription_id,
            d.id as charge, d.gateway_payment_id::text as gateway_payment_id,
            coalesce(
                (select sum((one #>> '{"{Claimed,Minor}"}')::bigint)::text
                 from jsonb_array_elements(coalesce(d.data #> '{"{Charge,Disputes}"}', '[]')) one
                 where one ->> 'IsWon' is distinct from 'true' and one ->> 'IsLost' is distinct from 'true'),
                d.data #>> '{"{Charge,CapturedAmount,Minor}"}', d.data #>> '{"{Charge,Amount,Minor}"}') as amount,
            coalesce(
                d.data #>> '{"{Charge,CapturedAmount,Currency}"}',
                d.data #>> '{"{Charge,Amount,Currency}"}') as currency
        from {schema}.mt_doc_payment d where d.disputed_since is not null
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        "The payment is disputed: answer at the gateway's dashboard. Its decision is notified; the command reads it if "
        + "the notification was lost.",
        Settling.Compare(row.Site));
}

using Billing.Domain.Preapprovals;

namespace Billing.Api.Attention.Kinds;

/// <summary>Subscriptions whose newest due charge the gateway refused.</summary>
public sealed class RefusedCharges(AttentionRows rows) : SqlAttentionKind(rows)
{
    public const string Kind = "charge_refused";

    public override string Name => Kind;

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.trouble_since as since, d.id::text as key, d.id as subscription_id,
            d.data #>> '{"{RefusedCharge,MerchantTransactionId}"}' as charge,
            d.data #>> '{"{RefusedCharge,DueOn}"}' as due_on, d.data #>> '{"{RefusedCharge,Code}"}' as code,
            {Of(schema, "Minor")} as amount, {Of(schema, "Currency")} as currency
        from {schema}.mt_doc_subscription d where d.trouble = '{Preapproval.ChargeRefused}'
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"The gateway refused the charge of {row["due_on"]} (code {row["code"] ?? "-"}), and the next one meets the "
        + "same answer: correct amount, currency or the site's set-up, then charge again or close.",
        Settling.Call($"POST /v1/subscriptions/{row.Key}/charges", Body(row)));

    private static string Body(AttentionRow row) =>
        $"{{\"merchantTransactionId\":\"{row["charge"]}-again\",\"amountMinor\":{row["amount"]},"
        + $"\"currency\":\"{row["currency"]}\"}}";

    private static string Of(string schema, string part) =>
        $$"""
        (select p.data #>> '{Charge,Amount,{{part}}}' from {{schema}}.mt_doc_payment p
         where p.tenant_id = d.tenant_id and p.id = d.data #>> '{RefusedCharge,MerchantTransactionId}')
        """;
}

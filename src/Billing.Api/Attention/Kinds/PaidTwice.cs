using System.Globalization;
using Billing.Domain;
using Billing.Gateway.Translation;

namespace Billing.Api.Attention.Kinds;

/// <summary>Second payments of a period, while neither of the two was paid back.</summary>
public sealed class PaidTwice(AttentionRows rows, IServiceProvider services) : SqlAttentionKind(rows)
{
    public override string Name => "paid_twice";

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.paid_twice_since as since, d.id as key, d.preapproval_id as subscription_id,
            d.id as charge, d.gateway_payment_id::text as gateway_payment_id, d.data ->> 'PaidTwiceWith' as first,
            d.data ->> 'PaidTwiceMinor' as amount,
            coalesce(
                d.data #>> '{"{Charge,CapturedAmount,Currency}"}',
                d.data #>> '{"{Charge,Amount,Currency}"}') as currency
        from {schema}.mt_doc_payment d
        where d.paid_twice_since is not null and coalesce((
            select f.data ? 'PaidTwiceMinor' from {schema}.mt_doc_payment f
            where f.tenant_id = d.tenant_id and f.id = d.data ->> 'PaidTwiceWith'), false)
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business, $"Its period was paid by {row["first"]} too. Pay one of the two back.",
        Settling.Call($"POST /v1/payments/{row["gateway_payment_id"]}/refunds", Body(row)));

    private string Body(AttentionRow row)
    {
        // A command may run where no gateway is configured.
        var money = services.GetService<WireMoney>() ?? WireMoney.Default;
        var left = money.ToWire(new Money(row.LongNumber("amount") ?? 0, row["currency"] ?? ""));

        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"Refund":{"MerchantTransactionID":"{{{row.Key}}}-twice","Amount":{{{left}}}}}""");
    }
}

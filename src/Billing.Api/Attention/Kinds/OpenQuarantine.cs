namespace Billing.Api.Attention.Kinds;

/// <summary>Quarantined responses of the gateway that no operator has dismissed.</summary>
public sealed class OpenQuarantine(AttentionRows rows) : SqlAttentionKind(rows)
{
    public const string Kind = "quarantined_response";

    public override string Name => Kind;

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.received_at as since, d.id::text as key, d.preapproval_id as subscription_id,
            d.data ->> 'Operation' as operation, d.data ->> 'Reference' as reference, d.data ->> 'Reason' as reason
        from {schema}.mt_doc_quarantinedresponse d where d.open_key is not null
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Real,
        $"An answer of the gateway to {row["operation"]} {row["reference"]} does not match what was asked "
        + $"({row["reason"]}). It changed nothing.",
        $"./billing answers dismiss {row.Key} --by WHO --because TEXT") with
    { ResponseId = Guid.Parse(row.Key) };
}

using System.Text.Json;

namespace Billing.Api.Attention.Kinds;

/// <summary>Subscriptions of which the gateway shows other values.</summary>
public sealed class OpenDrift(AttentionRows rows) : SqlAttentionKind(rows)
{
    public override string Name => "drift";

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.drift_since as since, d.id::text as key, d.id as subscription_id,
            d.data ->> 'Drift' as fields
        from {schema}.mt_doc_subscription d where d.drift_since is not null
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"The gateway shows other values than are recorded: {Fields(row)}. The command applies what is certain; change "
        + "the rest on one of the two sides, and run it again.",
        Settling.Compare(row.Site));

    private static string Fields(AttentionRow row)
    {
        using var fields = JsonDocument.Parse(row["fields"] ?? "[]");

        return string.Join(", ", fields.RootElement.EnumerateArray().Select(field => field.ToString()));
    }
}

namespace Billing.Api.Attention.Kinds;

/// <summary>Creates, changes and closes that look-ups have not settled.</summary>
public sealed class OwnedMandates(AttentionRows rows) : SqlAttentionKind(rows)
{
    public const string Kind = "mandate_with_owner";

    public override string Name => Kind;

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.mandate_owned_since as since, d.id::text as key, d.id as subscription_id,
            lower(d.data #>> '{"{Unsettled,Operation}"}') as operation,
            d.data #>> '{"{Unsettled,Call,Symptom}"}' as symptom,
            d.data #>> '{"{Gateway,PreapprovalId}"}' as known_id
        from {schema}.mt_doc_subscription d where d.mandate_owned_since is not null
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"The look-ups did not settle the {row["operation"]} ({row["symptom"] ?? "unknown"}). Look at the gateway's "
        + "dashboard.",
        [.. Commands(row)]);

    // A create that was done is recorded with the gateway's number: recover finds it, or an operator gives it.
    private static IEnumerable<string> Commands(AttentionRow row)
    {
        yield return Settling.Recover(row.Site);

        if (row["operation"] != "create" || row["known_id"] is not null)
        {
            var number = row["operation"] == "create" ? $" --gateway-id {row["known_id"]}" : "";
            yield return Settling.Resolve("resolve-mandate", row.Key, "done", row.Site, number);
        }

        yield return Settling.Resolve("resolve-mandate", row.Key, "failed", row.Site);
    }
}

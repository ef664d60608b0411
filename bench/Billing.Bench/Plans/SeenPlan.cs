using System.Text.Json;

namespace Billing.Bench.Plans;

/// <summary>One statement as it was run: what it says, and what of it read more than it should.</summary>
/// <param name="Statement">Its text.</param>
/// <param name="Tables">Tables with a million rows that it reads.</param>
/// <param name="Wrong">Null: few rows of each, and not compiled.</param>
internal sealed record SeenPlan(string Statement, IReadOnlySet<string> Tables, string? Wrong)
{
    /// <summary>Far below a million, far above the largest batch; a table of a page or two may be read whole, since every plan is made anew.</summary>
    private const double MostRows = 20_000;

    public static SeenPlan Read(string notice)
    {
        using var json = JsonDocument.Parse(notice[notice.IndexOf('{', StringComparison.Ordinal)..]);
        var (tables, wrong) = (new HashSet<string>(), new List<string>());
        Walk(json.RootElement.GetProperty("Plan"), tables, wrong);
        if (json.RootElement.TryGetProperty("JIT", out _))
        {
            wrong.Add("is compiled before it runs");
        }

        return new SeenPlan(json.RootElement.GetProperty("Query Text").GetString()!.Trim(), tables, wrong.Count == 0 ? null : $"{string.Join(", ", wrong)}\n{json.RootElement.GetProperty("Plan")}");
    }

    private static void Walk(JsonElement node, HashSet<string> tables, List<string> wrong)
    {
        if (node.TryGetProperty("Relation Name", out var relation) && Ballast.Tables.Contains(relation.GetString()!))
        {
            tables.Add(relation.GetString()!);
            var kind = node.GetProperty("Node Type").GetString()!;
            var read = (Of(node, "Actual Rows") + Of(node, "Rows Removed by Filter") + Of(node, "Rows Removed by Index Recheck")) * Of(node, "Actual Loops");
            if (read > MostRows)
            {
                wrong.Add($"{kind} reads {read:N0} rows of {relation}");
            }
        }

        foreach (var child in node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray() : [])
        {
            Walk(child, tables, wrong);
        }
    }

    private static double Of(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}

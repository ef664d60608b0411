using Billing.Api.Hosting.Sites;
using Billing.Domain;

namespace Billing.Api.Attention;

/// <summary>Everything that waits for a person, of all kinds, oldest first.</summary>
public sealed class AttentionList(IEnumerable<AttentionKind> kinds, AttentionRows rows, SiteRegister sites)
{
    private readonly AttentionKind[] kinds = [.. kinds.OrderBy(kind => kind.Name, StringComparer.Ordinal)];

    /// <summary>What one site sees.</summary>
    /// <param name="kind">Null: all.</param>
    /// <exception cref="RuleViolation">kind_invalid.</exception>
    public Task<IReadOnlyList<AttentionItem>> OfSiteAsync(
        string site, string? kind, AttentionPosition? after, int most, CancellationToken ct) =>
        ListAsync(Chosen(kind, isOperator: false), new AttentionQuery([site], false, after, most), ct);

    /// <summary>What an operator sees.</summary>
    /// <param name="site">Null: all sites, and what belongs to none.</param>
    /// <param name="kind">Null: all.</param>
    /// <exception cref="RuleViolation">kind_invalid.</exception>
    public Task<IReadOnlyList<AttentionItem>> OfOperatorAsync(
        string? site, string? kind, AttentionPosition? after, int most, CancellationToken ct) =>
        ListAsync(
            Chosen(kind, isOperator: site is null),
            new AttentionQuery(site is null ? sites.Ids : [site], site is null, after, most), ct);

    /// <returns>
    /// By the name of each kind, of all sites. A count stops at <see cref="AttentionRows.MostCounted"/>.
    /// </returns>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken ct)
    {
        var ofTables = await rows.CountAsync([.. kinds.OfType<SqlAttentionKind>()], ct);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);

        foreach (var kind in kinds)
        {
            counts[kind.Name] = ofTables.TryGetValue(kind.Name, out var count) ? count : await kind.CountAsync(ct);
        }

        return counts;
    }

    /// <summary>Whether a cursor that names this kind can have come from the list of a site.</summary>
    public bool IsShownToSites(string kind) => kinds.Any(one => one.Name == kind && !one.IsForOperators);

    private async Task<IReadOnlyList<AttentionItem>> ListAsync(
        AttentionKind[] chosen, AttentionQuery query, CancellationToken ct)
    {
        var items = new List<AttentionItem>(
            await rows.ListAsync([.. chosen.OfType<SqlAttentionKind>()], query, ct));

        foreach (var kind in chosen.Where(kind => kind is not SqlAttentionKind))
        {
            items.AddRange(await kind.ListAsync(query, ct));
        }

        // Those of one kind are in order already, and stay so.
        return [.. items.OrderBy(item => item.Since).ThenBy(item => item.Kind, StringComparer.Ordinal)
            .Take(query.Most)];
    }

    private AttentionKind[] Chosen(string? name, bool isOperator)
    {
        AttentionKind[] open = [.. kinds.Where(kind => isOperator || !kind.IsForOperators)];

        return name is null ? open
            : open.FirstOrDefault(kind => kind.Name == name) is { } one ? [one]
            : throw new RuleViolation(
                "kind_invalid", $"The kind must be one of {string.Join(", ", open.Select(kind => kind.Name))}.");
    }
}

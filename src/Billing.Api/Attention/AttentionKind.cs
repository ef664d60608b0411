namespace Billing.Api.Attention;

/// <summary>One reason for which something waits for a person: how it is found, shown and settled.</summary>
public abstract class AttentionKind
{
    /// <summary>snake_case; the value of the filter, and the name of its count.</summary>
    public abstract string Name { get; }

    /// <summary>True: it concerns the installation, and no storefront sees it.</summary>
    public virtual bool IsForOperators => false;

    /// <returns>In order, at most as many as asked for.</returns>
    public abstract Task<IReadOnlyList<AttentionItem>> ListAsync(AttentionQuery query, CancellationToken ct);

    /// <returns>Of all sites, at most as many as the count goes to.</returns>
    public abstract Task<long> CountAsync(CancellationToken ct);
}

/// <param name="Sites">Whose items are wanted.</param>
/// <param name="IsOfAll">An operator asks about the installation: also for what belongs to no site.</param>
/// <param name="After">The last item of the page before; null for the first page.</param>
/// <param name="Most">At least 1.</param>
public sealed record AttentionQuery(
    IReadOnlyCollection<string> Sites, bool IsOfAll, AttentionPosition? After, int Most);

/// <summary>Where an item is in the list: it is ordered by time, kind, site and key.</summary>
public sealed record AttentionPosition(DateTimeOffset Since, string Kind, string? Site, string Key)
{
    public static AttentionPosition Of(AttentionItem item) => new(item.Since, item.Kind, item.Site, item.Key);

    /// <summary>Whether an item comes later, of a kind that is read as a whole.</summary>
    public bool IsBefore(AttentionItem item) =>
        (item.Since.CompareTo(Since), string.CompareOrdinal(item.Kind, Kind), string.CompareOrdinal(item.Key, Key))
            is ( > 0, _, _) or (0, > 0, _) or (0, 0, > 0);
}

namespace Billing.EventStore;

/// <summary>The rows that one stream has in a view, as far as its events have been folded.</summary>
public sealed class ViewRows<TRow>
    where TRow : class
{
    private readonly Dictionary<string, TRow> rows = new(StringComparer.Ordinal);
    private readonly SortedSet<string> changed = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TRow> All => rows;

    /// <summary>The row of that name, or null.</summary>
    /// <param name="name">Tells rows of one stream apart; empty where a stream has one row only.</param>
    public TRow? this[string name] => rows.GetValueOrDefault(name);

    public void Set(string name, TRow row)
    {
        rows[name] = row;
        changed.Add(name);
    }

    internal IReadOnlyCollection<string> Changed => changed;

    /// <summary>What was folded so far stands in the table.</summary>
    internal void AreWritten() => changed.Clear();
}

namespace Billing.EventStore;

/// <summary>The next events of the log, each stream's in the order of its versions. The checkpoint moves past all of them or none.</summary>
/// <param name="Events">At least one.</param>
/// <param name="End">Where reading goes on.</param>
public sealed record LogWindow(IReadOnlyList<LoggedEvent> Events, LogCursor End)
{
    /// <summary>Cuts before the first event whose predecessor is not in what is left; null when nothing is left.</summary>
    /// <param name="read">In cursor order.</param>
    internal static LogWindow? Cut(IReadOnlyList<LoggedEvent> read)
    {
        var count = read.Count;
        for (var i = 0; i < count; i++)
        {
            if (read[i].Predecessor is { } predecessor && predecessor > read[count - 1].Cursor)
            {
                // What is cut away may be the predecessor of something that stood before: look at all of it again.
                (count, i) = (i, -1);
            }
        }

        return count == 0 ? null : new LogWindow(InStreamOrder([.. read.Take(count)]), read[count - 1].Cursor);
    }

    // Each stream keeps its places in the window and fills them by version: nothing else moves.
    private static IReadOnlyList<LoggedEvent> InStreamOrder(IReadOnlyList<LoggedEvent> events)
    {
        if (events.All(e => e.Predecessor is null))
        {
            return events;
        }

        var byVersion = events.GroupBy(e => e.Stream).ToDictionary(g => g.Key, g => new Queue<LoggedEvent>(g.OrderBy(e => e.Version)));
        return [.. events.Select(e => byVersion[e.Stream].Dequeue())];
    }
}

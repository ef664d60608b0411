namespace Billing.EventStore;

/// <summary>Pages through the public feed. A position that is there has all positions before it, so the last one read is the only thing to remember.</summary>
public sealed class FeedReader(EventStore store)
{
    /// <summary>How far one page of a tenant looks.</summary>
    internal const int MostPositions = 5_000;

    /// <param name="position">The last position read; 0: from the beginning.</param>
    /// <param name="limit">At most this many, from 1.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Positions without gaps from the next one on; empty when there is nothing new.</returns>
    public async Task<IReadOnlyList<FeedEntry>> ReadAfterAsync(long position, int limit, CancellationToken ct)
    {
        await using var batch = store.DataSource.CreateBatch();
        batch.Add(Sql.FeedPage, position, limit);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var page = new List<FeedEntry>();
        while (await rows.ReadAsync(ct))
        {
            page.Add(new FeedEntry(rows.GetInt64(LoggedEvent.Columns), LoggedEvent.FromFeed(rows, store.Codec)));
        }

        return page;
    }

    /// <summary>Of one tenant only. Positions count the events of all tenants: those of one have gaps.</summary>
    /// <param name="tenant">Whose events.</param>
    /// <param name="position">Where the last page said to go on; 0: from the beginning.</param>
    /// <param name="limit">At most this many, from 1.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>A page may hold less than the limit, or nothing, and not be the last: as long as <see cref="FeedPage.Next"/> is below <see cref="FeedPage.Head"/> there may be more.</returns>
    public async Task<FeedPage> ReadAfterAsync(string tenant, long position, int limit, CancellationToken ct)
    {
        // The head first: whatever stands below it when it is read is there for the statement after it.
        await using var batch = store.DataSource.CreateBatch();
        batch.Add(Sql.FeedHead);
        batch.Add(Sql.FeedPageOfTenant, position, (long)MostPositions, limit, tenant);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.ReadAsync(ct);
        var head = rows.GetInt64(0);
        await rows.NextResultAsync(ct);
        var page = new List<FeedEntry>();
        while (await rows.ReadAsync(ct))
        {
            page.Add(new FeedEntry(rows.GetInt64(LoggedEvent.Columns), LoggedEvent.FromFeed(rows, store.Codec)));
        }

        var last = page.Count > 0 ? page[^1].Position : position;
        var next = page.Count == limit ? last : Math.Max(last, Math.Min(position + MostPositions, head));
        return new FeedPage(page, next, page.Count > 0 ? Math.Max(head, last) : head);
    }
}

/// <param name="Next">Where to go on; remember this, not the last entry's position.</param>
/// <param name="Head">The last position that there is, of whatever tenant.</param>
public sealed record FeedPage(IReadOnlyList<FeedEntry> Entries, long Next, long Head);

/// <param name="Position">1 for the first event ever sequenced, without gaps.</param>
public sealed record FeedEntry(long Position, LoggedEvent Event);

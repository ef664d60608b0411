namespace Billing.EventStore;

/// <summary>Pages through the public feed. A position that is there has all positions before it, so the last one read is the only thing to remember.</summary>
public sealed class FeedReader(EventStore store)
{
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
}

/// <param name="Position">1 for the first event ever sequenced, without gaps.</param>
public sealed record FeedEntry(long Position, LoggedEvent Event);

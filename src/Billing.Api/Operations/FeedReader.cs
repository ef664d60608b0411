using Billing.Api.Hosting;
using Marten;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>
/// Reads the events of a site in the order in which they were recorded, as far as that order is final.
/// </summary>
public sealed class FeedReader(NpgsqlDataSource dataSource, Database database, IDocumentStore store)
{
    // Bounds what one page reads when a site has few of many events.
    private const long MostPositions = 5_000;

    // Events wait longer than this only when the daemon has stopped.
    private const double StoppedAfterSeconds = 60;

    /// <param name="after">The last position that was read; 0: from the beginning.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position lies beyond the end of the feed.</exception>
    public async Task<FeedPage> ReadAsync(string site, long after, int limit, CancellationToken ct)
    {
        var lag = await LagAsync(ct);

        if (after > lag.Head)
        {
            throw new ArgumentOutOfRangeException(nameof(after), lag.Head, null);
        }

        var until = Math.Min(lag.Head, after + MostPositions);
        await using var command = dataSource.CreateCommand(
            $"""
            select {StoredRow.Columns} from {database.Schema}.mt_events e
            where seq_id > $1 and seq_id <= $2 and tenant_id = $3 and type <> 'tombstone' order by seq_id limit $4
            """);
        command.With(after, until, site, limit);
        var page = new List<StoredRow>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            page.Add(StoredRow.Read(row, store.Options.Serializer()));
        }

        return new(page, page.Count == limit ? page[^1].Sequence : until, lag.Head, lag.Seconds, lag.StoppedAt);
    }

    private async Task<(long Head, double? Seconds, DateTimeOffset? StoppedAt)> LagAsync(CancellationToken ct)
    {
        // The progress is read first: what lies below it is visible to every later statement.
        await using var progress = dataSource.CreateCommand(
            $"select last_seq_id, last_updated from {database.Schema}.mt_event_progression where name = $1");
        progress.With(FeedSubscription.ProgressName);
        var (head, updated) = (0L, (DateTimeOffset?)null);

        await using (var row = await progress.ExecuteReaderAsync(ct))
        {
            if (await row.ReadAsync(ct))
            {
                (head, updated) = (row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1));
            }
        }

        var seconds = await WaitingSecondsAsync(head, ct);

        return (head, updated is null ? null : seconds, seconds > StoppedAfterSeconds ? updated : null);
    }

    private async Task<double> WaitingSecondsAsync(long head, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select extract(epoch from clock_timestamp() - timestamp)::float8
            from {database.Schema}.mt_events where seq_id > $1 order by seq_id limit 1
            """);
        command.With(head);

        return await command.ExecuteScalarAsync(ct) is double seconds ? Math.Max(0, seconds) : 0;
    }
}

/// <param name="Next">Where the next page begins; more may follow while it is below <paramref name="Head"/>.</param>
/// <param name="Head">The end of the feed, of all sites.</param>
/// <param name="WaitingSeconds">
/// The age of the oldest event beyond the end; 0 when there is none, null before the feed began.
/// </param>
/// <param name="StoppedAt">
/// When the end moved last, while events have been waiting for a minute or more; else null.
/// </param>
public sealed record FeedPage(
    IReadOnlyList<StoredRow> Events, long Next, long Head, double? WaitingSeconds, DateTimeOffset? StoppedAt);

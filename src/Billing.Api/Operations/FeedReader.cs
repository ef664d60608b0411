using Billing.Api.Hosting;
using Billing.Api.Operations.TransparencyLog;
using Marten;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>Reads the events of a site in the order of the transparency log.</summary>
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
        var log = await LogStatus.AskAsync(dataSource, database, ct);

        if (after > log.Position)
        {
            throw new ArgumentOutOfRangeException(nameof(after), log.Position, null);
        }

        var until = Math.Min(log.Position, after + MostPositions);
        await using var command = dataSource.CreateCommand(
            $"""
            select {StoredRow.Columns}, l.position
            from {database.Schema}.{LogTables.Entries} l join {database.Schema}.mt_events e on e.seq_id = l.seq_id
            where l.position > $1 and l.position <= $2 and e.tenant_id = $3 order by l.position limit $4
            """);
        command.With(after, until, site, limit);
        var page = new List<(long Position, StoredRow Row)>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            page.Add((row.GetInt64(StoredRow.ColumnCount), StoredRow.Read(row, store.Options.Serializer())));
        }

        return new(
            page, page.Count == limit ? page[^1].Position : until, log.Position,
            log.LoggedAt is null ? null : log.LagSeconds, log.LagSeconds > StoppedAfterSeconds ? log.LoggedAt : null);
    }
}

/// <param name="Next">Where the next page begins; more may follow while it is below <paramref name="Head"/>.</param>
/// <param name="Head">The end of the feed, of all sites.</param>
/// <param name="WaitingSeconds">
/// The age of the oldest event beyond the end; 0 when there is none, null before the feed began.
/// </param>
/// <param name="StoppedAt">When the end moved last, if events have waited for a minute or more; else null.</param>
public sealed record FeedPage(
    IReadOnlyList<(long Position, StoredRow Row)> Events, long Next, long Head, double? WaitingSeconds,
    DateTimeOffset? StoppedAt);

using System.Data;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Proves from the tables alone that history was not edited and that every view equals replay.</summary>
/// <remarks>Chunk by chunk, each inside one short repeatable-read snapshot that is rolled back: it may run beside writers.</remarks>
public sealed class Auditor(EventStore store)
{
    internal int StreamsPerChunk { get; init; } = 500;

    /// <param name="progress">Told after each chunk.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<AuditReport> VerifyAsync(IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var total = await StreamRange.CountStreamsAsync(store.DataSource, ct);
        var report = new AuditReport(0, 0, 0, await OutsideStreamsAsync(ct));
        var views = new ViewCheck(store);

        StreamKey? after = null;
        do
        {
            (report, after) = await VerifyChunkAsync(report, views, after, ct);
            progress?.Report(new AuditProgress(report.Streams, report.Events, total));
        }
        while (after is not null);

        return report;
    }

    private async Task<(AuditReport Report, StreamKey? Last)> VerifyChunkAsync(AuditReport before, ViewCheck views, StreamKey? after, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var range = await StreamRange.NextAsync(connection, after, StreamsPerChunk, ct);
        var streams = await StreamsAsync(connection, range, ct);
        var chains = streams.Select(ChainCheck.Of).ToList();
        var rows = await views.OfAsync(transaction, range, streams, ct);
        await transaction.RollbackAsync(ct);

        var report = new AuditReport(
            before.Streams + streams.Count,
            before.Events + streams.Sum(s => s.Events.Count),
            before.Unchained + chains.Sum(c => c.Unchained),
            [.. before.Differences, .. chains.SelectMany(c => c.Differences), .. rows]);
        return (report, range.UpTo);
    }

    private static async Task<List<StoredStream>> StreamsAsync(NpgsqlConnection connection, StreamRange range, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.HeadsOfRange, range.Parameters);
        batch.Add(Sql.EventsOfRange, range.Parameters);
        return await StoredStream.ReadAsync(batch, ct);
    }

    // Marten's columns allow null there, and no range of streams can hold such a row.
    private async Task<List<Difference>> OutsideStreamsAsync(CancellationToken ct)
    {
        var differences = new List<Difference>();
        await using var command = store.DataSource.CreateCommand(Sql.EventsOutsideStreams);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            differences.Add(new Difference("", Guid.Empty, rows.GetInt64(1), $"The event {rows.GetGuid(0)} belongs to no stream."));
        }

        return differences;
    }
}

using System.Data;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Proves from the tables alone that history was not edited and that every view equals replay.</summary>
/// <remarks>Chunk by chunk, each inside one short repeatable-read snapshot that is rolled back: it may run beside writers.</remarks>
public sealed class Auditor(EventStore store)
{
    internal int StreamsPerChunk { get; init; } = 500;

    /// <summary>Replays the whole log and compares every view with it.</summary>
    /// <param name="progress">Told after each chunk.</param>
    /// <param name="ct">Cancels.</param>
    public Task<AuditReport> VerifyAsync(IProgress<AuditProgress>? progress, CancellationToken ct) => VerifyAsync(store.Options.Views, progress, ct);

    /// <summary>Replays the whole log, stream by stream: recomputes every hash and folds every event. Views are not looked at.</summary>
    /// <inheritdoc cref="VerifyAsync(IProgress{AuditProgress}?, CancellationToken)" path="/param"/>
    public Task<AuditReport> VerifyHistoryAsync(IProgress<AuditProgress>? progress, CancellationToken ct) => VerifyAsync([], progress, ct);

    private async Task<AuditReport> VerifyAsync(IReadOnlyList<View> views, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var total = await StreamRange.CountStreamsAsync(store.DataSource, ct);
        var check = await ViewCheck.OfAsync(store, views, ct);
        var report = new AuditReport(0, 0, 0, await OutsideStreamsAsync(ct));
        var adding = new Lock();

        var workers = new ParallelOptions { MaxDegreeOfParallelism = StreamRange.Workers, CancellationToken = ct };
        await Parallel.ForEachAsync(StreamRange.AllAsync(store.DataSource, StreamsPerChunk, ct), workers, async (range, ct) =>
        {
            var chunk = await VerifyChunkAsync(check, range, ct);
            lock (adding)
            {
                report += chunk;
                progress?.Report(new AuditProgress(report.Streams, report.Events, total));
            }
        });

        return report with { Differences = [.. report.Differences.OrderBy(d => new StreamKey(d.Tenant, d.StreamId))] };
    }

    private async Task<AuditReport> VerifyChunkAsync(ViewCheck check, StreamRange range, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await check.HoldViewsAsync(connection, ct);

        var (streams, events, unchained) = (0L, 0L, 0L);
        var differences = new List<Difference>();
        var replay = new ShadowReplay(store, check.Views);
        await foreach (var stream in StreamsAsync(connection, range, ct))
        {
            var chain = ChainCheck.Of(stream);
            differences.AddRange(chain.Differences);
            (streams, events, unchained) = (streams + 1, events + stream.Events.Count, unchained + chain.Unchained);
            replay.Fold(stream);
        }

        differences.AddRange(await check.CompareAsync(transaction, range, replay, ct));
        await transaction.RollbackAsync(ct);

        return new AuditReport(streams, events, unchained, differences);
    }

    private static async IAsyncEnumerable<StoredStream> StreamsAsync(
        NpgsqlConnection connection, StreamRange range, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.HeadsOfRange(range), range.Parameters);
        batch.Add(Sql.EventsOfRange(range), range.Parameters);
        await foreach (var stream in StoredStream.ReadAsync(batch, ct))
        {
            yield return stream;
        }
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

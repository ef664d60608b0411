using System.Data;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Proves from the tables alone that history was not edited and that every view equals replay.</summary>
/// <remarks>Chunk by chunk, each inside one short repeatable-read snapshot that is rolled back: it may run beside writers.</remarks>
public sealed class Auditor(EventStore store)
{
    internal int StreamsPerChunk { get; init; } = 500;

    /// <summary>Replays the whole log and compares every view with it.</summary>
    /// <param name="progress">Told every few hundred streams.</param>
    /// <param name="ct">Cancels.</param>
    public Task<AuditReport> VerifyAsync(IProgress<AuditProgress>? progress, CancellationToken ct) =>
        VerifyAsync(StreamRange.AllAsync(store.DataSource, StreamsPerChunk, ct), store.Options.Views, progress, ct);

    /// <summary>Replays the whole log at full speed: recomputes every hash and folds every event. Views are not looked at, and a snapshot is held for as long as it takes.</summary>
    /// <inheritdoc cref="VerifyAsync(IProgress{AuditProgress}?, CancellationToken)" path="/param"/>
    public Task<AuditReport> VerifyHistoryAsync(IProgress<AuditProgress>? progress, CancellationToken ct) =>
        VerifyAsync(StreamPart.All.ToAsyncEnumerable(), [], progress, ct);

    private async Task<AuditReport> VerifyAsync(IAsyncEnumerable<StreamSet> sets, IReadOnlyList<View> views, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var total = await StreamSet.CountStreamsAsync(store.DataSource, ct);
        var check = await ViewCheck.OfAsync(store, views, ct);
        var report = new AuditReport(0, 0, 0, await OutsideStreamsAsync(ct));
        var adding = new Lock();
        void Add(AuditReport found)
        {
            lock (adding)
            {
                report += found;
                progress?.Report(new AuditProgress(report.Streams, report.Events, total));
            }
        }

        var workers = new ParallelOptions { MaxDegreeOfParallelism = StreamSet.Workers, CancellationToken = ct };
        await Parallel.ForEachAsync(sets, workers, async (set, ct) => await VerifyAsync(set, check, Add, ct));

        return report with { Differences = [.. report.Differences.OrderBy(d => new StreamKey(d.Tenant, d.StreamId))] };
    }

    private async Task VerifyAsync(StreamSet set, ViewCheck check, Action<AuditReport> add, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await check.HoldViewsAsync(connection, ct);

        var found = new AuditReport(0, 0, 0, []);
        var replay = new ShadowReplay(store, check.Views);
        await using (var batch = new NpgsqlBatch(connection) { Timeout = 0 })
        {
            batch.Add(Sql.SortInMemory);
            batch.Add(Sql.Streams(set), set.Parameters);
            await foreach (var stream in StoredStream.ReadAsync(batch, ct))
            {
                var (differences, unchained) = ChainCheck.Of(stream);
                found = new AuditReport(found.Streams + 1, found.Events + stream.Events.Count, found.Unchained + unchained, [.. found.Differences, .. differences]);
                replay.Fold(stream);
                if (found.Streams == StreamsPerChunk)
                {
                    add(found);
                    found = new AuditReport(0, 0, 0, []);
                }
            }
        }

        add(found with { Differences = [.. found.Differences, .. await check.CompareAsync(transaction, set, replay, ct)] });
        await transaction.RollbackAsync(ct);
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

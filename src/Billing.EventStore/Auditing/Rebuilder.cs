using Npgsql;

namespace Billing.EventStore;

/// <summary>Writes a view again from the events, while others read and append.</summary>
/// <remarks>Chunk by chunk: lock the streams in key order, delete their rows and those without a stream, project, commit.</remarks>
public sealed class Rebuilder(EventStore store)
{
    internal int StreamsPerChunk { get; init; } = 500;

    /// <returns>How many events were projected.</returns>
    /// <exception cref="ArgumentException">There is no such view; a guard cannot be rebuilt.</exception>
    /// <exception cref="PostgresException">The view refuses what the events say.</exception>
    public async Task<long> RebuildAsync(string projectionName, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var view = store.Options.Views.SingleOrDefault(v => v.Name == projectionName)
            ?? throw new ArgumentException($"There is no view {projectionName} to rebuild.", nameof(projectionName));
        var total = await StreamRange.CountStreamsAsync(store.DataSource, ct);
        var done = new AuditProgress(0, 0, total);
        var refused = new List<StreamRange>();

        var range = default(StreamRange);
        do
        {
            await using (var connection = await store.DataSource.OpenConnectionAsync(ct))
            {
                range = await StreamRange.NextAsync(connection, range.UpTo, StreamsPerChunk, ct);
            }

            try
            {
                done = await RebuildChunkAsync(view, range, project: true, done, ct);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // A wrong row of a stream whose turn comes later holds a key of this chunk: empty it now, fill it at the end.
                await RebuildChunkAsync(view, range, project: false, done, ct);
                refused.Add(range);
            }

            progress?.Report(done);
        }
        while (range.UpTo is not null);

        foreach (var again in refused)
        {
            done = await RebuildChunkAsync(view, again, project: true, done, ct);
            progress?.Report(done);
        }

        return done.Events;
    }

    private async Task<AuditProgress> RebuildChunkAsync(View view, StreamRange range, bool project, AuditProgress before, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var streams = await LockAndReadAsync(connection, range, ct);

        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.DeleteRows(view.Name, view.StreamColumn), [.. range.Parameters, .. Keys(streams.Select(s => s.Key))]);
        await batch.ExecuteNonQueryAsync(ct);
        if (project)
        {
            await view.CopyAsync(connection, Sql.Quote(view.Name), streams.Select(s => s.Fold(store, [view]).Single()), ct);
        }

        await transaction.CommitAsync(ct);

        return before with { Streams = before.Streams + (project ? streams.Count : 0), Events = before.Events + (project ? streams.Sum(s => s.Events.Count) : 0) };
    }

    private static async Task<List<StoredStream>> LockAndReadAsync(NpgsqlConnection connection, StreamRange range, CancellationToken ct)
    {
        var heads = await LockAsync(connection, range, ct);

        // Only of the streams that are locked: one that is created meanwhile is projected by whoever creates it.
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.EventsOfStreams, Keys(heads.Keys));
        await using var rows = await batch.ExecuteReaderAsync(ct);
        return await StoredStream.JoinAsync(rows, heads, ct);
    }

    private static async Task<Dictionary<StreamKey, StreamHead>> LockAsync(NpgsqlConnection connection, StreamRange range, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.LockRange, range.Parameters);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        return await StreamHead.ReadAsync(rows, ct);
    }

    private static object[] Keys(IEnumerable<StreamKey> keys) => [keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray()];
}

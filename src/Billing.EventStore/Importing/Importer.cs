using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Billing.EventStore;

/// <summary>Brings in whole new streams by COPY: chained, sealed, guarded and projected as an append does it.</summary>
/// <remarks>
/// In transactions of bounded size, each of whole streams, so that readers of the log are not held up; a stream that exists is left as it is, so that an
/// import that was killed is started again from its beginning.
/// </remarks>
public sealed class Importer(EventStore store)
{
    internal int EventsPerCommit { get; init; } = 10_000;

    /// <param name="streams">Each key once, in any order.</param>
    /// <param name="progress">Told after each commit; the total is not known and 0.</param>
    /// <param name="ct">Cancels; what is committed stays.</param>
    /// <exception cref="ArgumentException">An event is not in the catalogue or holds text that cannot be stored; or a stream has no events.</exception>
    /// <exception cref="StreamConflictException">Somebody else created one of the streams at this very moment.</exception>
    /// <exception cref="PostgresException">A guard or a view's constraint refused a row; its transaction wrote nothing.</exception>
    public async Task<ImportReport> ImportAsync(IAsyncEnumerable<ImportedStream> streams, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var done = new ImportReport(0, 0, 0);
        var adding = new Lock();
        var workers = new ParallelOptions { MaxDegreeOfParallelism = StreamSet.Workers, CancellationToken = ct };
        await Parallel.ForEachAsync(BatchesAsync(streams, ct), workers, async (batch, ct) =>
        {
            var one = await CommitAsync(batch, ct);
            lock (adding)
            {
                done = new ImportReport(done.Streams + one.Streams, done.Events + one.Events, done.AlreadyThere + one.AlreadyThere);
                progress?.Report(new AuditProgress(done.Streams, done.Events, 0));
            }
        });

        return done;
    }

    private async IAsyncEnumerable<List<ImportedStream>> BatchesAsync(IAsyncEnumerable<ImportedStream> streams, [EnumeratorCancellation] CancellationToken ct)
    {
        var (batch, events) = (new List<ImportedStream>(), 0);
        await foreach (var stream in streams.WithCancellation(ct))
        {
            batch.Add(stream.Events.Count > 0 ? stream : throw new ArgumentException($"Stream {stream.Key} has no events.", nameof(streams)));
            events += stream.Events.Count;
            if (events >= EventsPerCommit)
            {
                yield return batch;
                (batch, events) = ([], 0);
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task<ImportReport> CommitAsync(List<ImportedStream> batch, CancellationToken ct)
    {
        await using var session = await store.OpenSessionAsync(ct);
        var fetched = await session.FetchForWritingAsync([.. batch.Select(stream => stream.Key)], ct);
        var fresh = batch.Where(stream => fetched[stream.Key].Version == 0).OrderBy(stream => stream.Key).ToList();
        foreach (var stream in fresh)
        {
            session.Append(fetched[stream.Key], stream.Events, stream.Metadata);
        }

        var written = fresh.Select(stream => fetched[stream.Key]).ToList();
        try
        {
            await WriteAsync(session.Connection, written, ct);
        }
        catch (PostgresException error) when (StreamConflictException.Caused(error))
        {
            throw new StreamConflictException("Somebody else created one of these streams first.", error);
        }

        return new ImportReport(written.Count, written.Sum(stream => stream.Pending.Count), batch.Count - written.Count);
    }

    // In the order that every writer keeps.
    private async Task WriteAsync(NpgsqlConnection connection, List<WritableStream> streams, CancellationToken ct)
    {
        var events = streams.SelectMany(stream => stream.Pending).ToList();
        await CopyAsync(connection, Sql.CopyEvents, events, async (copy, one) =>
        {
            var stored = one.Stored;
            await copy.WriteAsync(stored.EventId, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(stored.Key.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(stored.Version, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(stored.Data, NpgsqlDbType.Jsonb, ct);
            await WriteTextAsync(copy, stored.Type, ct);
            await copy.WriteAsync(stored.Timestamp, NpgsqlDbType.TimestampTz, ct);
            await WriteTextAsync(copy, stored.Key.Tenant, ct);
            await WriteTextAsync(copy, one.DotnetType, ct);
            await WriteTextAsync(copy, stored.CorrelationId, ct);
            await WriteTextAsync(copy, stored.CausationId, ct);
            await WriteTextAsync(copy, stored.UserName, ct);
            await copy.WriteAsync($$"""{"hash": "{{stored.Hash}}"}""", NpgsqlDbType.Jsonb, ct);
        }, ct);
        await CopyAsync(connection, Sql.CopyStreams, streams, async (copy, stream) =>
        {
            await WriteTextAsync(copy, stream.Key.Tenant, ct);
            await copy.WriteAsync(stream.Key.Id, NpgsqlDbType.Uuid, ct);
            await WriteTextAsync(copy, store.Options.Aggregate.StreamType, ct);
            await copy.WriteAsync(stream.Version, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(stream.LastTimestamp, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(stream.LastTimestamp, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(Convert.FromHexString(stream.HeadHash!), NpgsqlDbType.Bytea, ct);
            await copy.WriteAsync(stream.Version, NpgsqlDbType.Bigint, ct);
        }, ct);

        // A person who was forgotten before the stream came stays forgotten: the tombstone is there already.
        await CopyAsync(connection, Sql.CopyStreamKeys, streams.Where(stream => stream.Seal is { IsNew: true, WrappedKey: not null }), async (copy, stream) =>
        {
            await WriteTextAsync(copy, stream.Key.Tenant, ct);
            await copy.WriteAsync(stream.Key.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(stream.Seal.WrappedKey!, NpgsqlDbType.Bytea, ct);
            await copy.WriteAsync(stream.DatabaseNow, NpgsqlDbType.TimestampTz, ct);
        }, ct);

        await using var batch = new NpgsqlBatch(connection);
        List<Recorded> recorded = [.. events.Select(one => one.Recorded)];
        foreach (var guard in store.Options.Guards)
        {
            guard.Project(recorded, batch);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }

        for (var i = 0; i < store.Options.Views.Count; i++)
        {
            var view = store.Options.Views[i];
            await view.CopyAsync(connection, Sql.Quote(view.Name), streams.Select(stream => stream.Views[i]), ct);
        }

        await using var commit = new NpgsqlCommand("commit", connection);
        await commit.ExecuteNonQueryAsync(ct);
    }

    private static async Task CopyAsync<T>(NpgsqlConnection connection, string sql, IEnumerable<T> rows, Func<NpgsqlBinaryImporter, T, Task> writeAsync, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync(sql, ct);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(ct);
            await writeAsync(copy, row);
        }

        await copy.CompleteAsync(ct);
    }

    private static Task WriteTextAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken ct) =>
        text is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(text, NpgsqlDbType.Varchar, ct);
}

using Npgsql;

namespace Billing.EventStore;

/// <summary>Locks, loads and folds streams in one round trip; of a stream that is remembered, only what is new.</summary>
internal sealed class StreamLoader(EventStore store)
{
    /// <summary>PostgreSQL's number of the transaction that loaded; null before.</summary>
    internal ulong? TransactionId { get; private set; }

    /// <param name="connection">In a transaction.</param>
    /// <param name="keys">Distinct and sorted: the order in which locks are taken.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<Dictionary<StreamKey, WritableStream>> LockAndLoadAsync(NpgsqlConnection connection, IReadOnlyList<StreamKey> keys, CancellationToken ct)
    {
        // What is remembered is taken out: when some of it does not fit, the second time finds none.
        var streams = await LoadAsync(connection, keys, ct) ?? await LoadAsync(connection, keys, ct);
        if (streams!.Values.FirstOrDefault(s => s.Version != (s.Head?.Version ?? 0)) is { } stream)
        {
            throw stream.Head is null
                ? new StreamConflictException($"Stream {stream.Key} was created while it was loaded.")
                : new InvalidDataException($"Stream {stream.Key} says version {stream.Head.Version} and holds {stream.Version} events: run the audit.");
        }

        return streams;
    }

    /// <returns>Null: what was remembered of a stream is not its past.</returns>
    private async Task<Dictionary<StreamKey, WritableStream>?> LoadAsync(NpgsqlConnection connection, IReadOnlyList<StreamKey> keys, CancellationToken ct)
    {
        var memories = keys.ToDictionary(key => key, key => store.Memories.Take(key) ?? StreamMemory.Nothing(store.Options.Views));
        var (tenants, ids) = (keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray());
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.PlanOnce);
        batch.Add(Sql.LockStreams, tenants, ids);
        batch.Add(Sql.StreamKeysForWriting, tenants, ids);
        batch.Add(Sql.EventsOfStreamsAfter, tenants, ids, keys.Select(k => memories[k].Version).ToArray());
        batch.Add(Sql.PlanEachTime);

        await using var rows = await batch.ExecuteReaderAsync(ct);
        var heads = await StreamHead.ReadAsync(rows, ct);
        await rows.NextResultAsync(ct);
        var streams = await StreamsAsync(rows, heads, memories, ct);
        await rows.NextResultAsync(ct);
        var fit = streams.Values.All(stream => stream.Memory.Fits(stream.Head));
        while (fit && await rows.ReadAsync(ct))
        {
            var stored = StoredEvent.Read(rows);
            fit = streams[stored.Key].Memory.LeadsTo(stored);
            Replay(streams[stored.Key], stored);
        }

        return fit ? streams : null;
    }

    private async Task<Dictionary<StreamKey, WritableStream>> StreamsAsync(NpgsqlDataReader rows, Dictionary<StreamKey, StreamHead> heads, Dictionary<StreamKey, StreamMemory> memories, CancellationToken ct)
    {
        var streams = new Dictionary<StreamKey, WritableStream>();
        while (await rows.ReadAsync(ct))
        {
            var key = rows.StreamKey();
            var seal = StreamSeal.Read(rows, store.Options.Sealer);
            TransactionId = rows.GetFieldValue<ulong>(5);
            streams.Add(key, new WritableStream(key, rows.Instant(4), seal, heads.GetValueOrDefault(key), memories[key]));
        }

        return streams;
    }

    private static void Fold(WritableStream stream, Recorded recorded, bool isWritten)
    {
        foreach (var view in stream.Views)
        {
            view.Apply(recorded);
            if (isWritten)
            {
                view.IsWritten();
            }
        }
    }

    private void Replay(WritableStream stream, StoredEvent stored)
    {
        if (stored.Version != stream.Version + 1)
        {
            throw new InvalidDataException($"Stream {stream.Key} holds event {stored.Version} after {stream.Version}: run the audit.");
        }

        var read = store.Codec.ToRecorded(stored, seal: null);
        stream.State = store.Options.Aggregate.Evolve(stream.State, read.Data);
        var recorded = read with { State = stream.State };
        stream.Version = stored.Version;
        stream.LastTimestamp = stored.Timestamp;
        if (stored.Version > (stream.Head?.HashVersion ?? 0))
        {
            stream.HeadHash = HashChain.Hash(stored, stream.HeadHash);
            stream.Foreign.Add(new PendingEvent(stored with { Hash = stream.HeadHash }, null, recorded));
        }

        Fold(stream, recorded, isWritten: stream.Foreign.Count == 0);
    }
}

using Npgsql;

namespace Billing.EventStore;

/// <summary>Locks, loads and folds streams in one round trip.</summary>
internal sealed class StreamLoader(EventStoreOptions options, EventCodec codec)
{
    /// <param name="connection">In a transaction.</param>
    /// <param name="keys">Distinct and sorted: the order in which locks are taken.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<Dictionary<StreamKey, WritableStream>> LockAndLoadAsync(NpgsqlConnection connection, IReadOnlyList<StreamKey> keys, CancellationToken ct)
    {
        var (tenants, ids) = (keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray());
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.LockStreams, tenants, ids);
        batch.Add(Sql.StreamKeys, tenants, ids);
        batch.Add(Sql.EventsOfStreams, tenants, ids);

        await using var rows = await batch.ExecuteReaderAsync(ct);
        var heads = await StreamHead.ReadAsync(rows, ct);
        await rows.NextResultAsync(ct);
        var streams = await StreamsAsync(rows, heads, ct);
        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var stored = StoredEvent.Read(rows);
            Replay(streams[stored.Key], stored);
        }

        if (streams.Values.FirstOrDefault(s => s.Version != (s.Head?.Version ?? 0)) is { } stream)
        {
            throw stream.Head is null
                ? new StreamConflictException($"Stream {stream.Key} was created while it was loaded.")
                : new InvalidDataException($"Stream {stream.Key} says version {stream.Head.Version} and holds {stream.Version} events: run the audit.");
        }

        return streams;
    }

    private async Task<Dictionary<StreamKey, WritableStream>> StreamsAsync(NpgsqlDataReader rows, Dictionary<StreamKey, StreamHead> heads, CancellationToken ct)
    {
        var streams = new Dictionary<StreamKey, WritableStream>();
        while (await rows.ReadAsync(ct))
        {
            var key = rows.StreamKey();
            var seal = StreamSeal.Read(rows, options.Sealer);
            streams.Add(key, new WritableStream(key, rows.Instant(4), seal, heads.GetValueOrDefault(key), options.Views));
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

        var read = codec.ToRecorded(stored, seal: null);
        stream.State = options.Aggregate.Evolve(stream.State, read.Data);
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

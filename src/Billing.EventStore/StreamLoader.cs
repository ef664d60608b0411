using Npgsql;

namespace Billing.EventStore;

/// <summary>Locks, loads and folds streams in one round trip; of a stream that is remembered and that others have written to since, what is new, in another.</summary>
/// <param name="store">Where.</param>
internal sealed class StreamLoader(EventStore store)
{
    /// <summary>PostgreSQL's number of the transaction that loaded; null before.</summary>
    internal ulong? TransactionId { get; private set; }

    /// <param name="connection">In a transaction.</param>
    /// <param name="keys">Distinct and sorted: the order in which locks are taken.</param>
    /// <param name="sealing">Those of them whose key will be used; the others can be appended to, as long as nothing of it is sealed.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<Dictionary<StreamKey, WritableStream>> LockAndLoadAsync(NpgsqlConnection connection, IReadOnlyList<StreamKey> keys, IReadOnlyList<StreamKey> sealing, CancellationToken ct)
    {
        // What is remembered is taken out: when some of it does not fit, the second time finds none.
        var streams = await LoadAsync(connection, keys, sealing, ct) ?? await LoadAsync(connection, keys, sealing, ct);
        if (streams!.Values.FirstOrDefault(s => s.Version != (s.Head?.Version ?? 0)) is { } stream)
        {
            throw stream.Head is null
                ? new StreamConflictException($"Stream {stream.Key} was created while it was loaded.")
                : new InvalidDataException($"Stream {stream.Key} says version {stream.Head.Version} and holds {stream.Version} events: run the audit.");
        }

        return streams;
    }

    /// <returns>Null: what was remembered of a stream is not its past.</returns>
    private async Task<Dictionary<StreamKey, WritableStream>?> LoadAsync(NpgsqlConnection connection, IReadOnlyList<StreamKey> keys, IReadOnlyList<StreamKey> sealing, CancellationToken ct)
    {
        var streams = new Dictionary<StreamKey, WritableStream>(keys.Count);
        var memories = keys.ToDictionary(key => key, key => store.Memories.Take(key) ?? StreamMemory.Nothing(store.Options.Views));
        List<StreamKey> unknown = [.. keys.Where(key => memories[key].Version == 0)];
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.Add(Sql.PlanOnce);
            batch.AddKeys(Sql.LockStreams, keys);
            if (sealing.Count > 0)
            {
                batch.AddKeys(Sql.StreamKeys, sealing);
            }

            batch.Add(Sql.TransactionAndClock);
            if (unknown.Count > 0)
            {
                AskForEvents(batch, unknown, memories);
            }

            batch.Add(Sql.PlanEachTime);

            await using var rows = await batch.ExecuteReaderAsync(ct);
            var heads = await StreamHead.ReadAsync(rows, ct);
            await rows.NextResultAsync(ct);
            var seals = new Dictionary<StreamKey, StreamSeal>();
            if (sealing.Count > 0)
            {
                seals = await StreamSeal.ReadAsync(rows, store.Options.Sealer, ct);
                await rows.NextResultAsync(ct);
            }

            await rows.ReadAsync(ct);
            TransactionId = rows.GetFieldValue<ulong>(0);
            var now = rows.Instant(1);
            foreach (var key in keys)
            {
                streams.Add(key, new WritableStream(key, now, seals.GetValueOrDefault(key) ?? StreamSeal.NotRead(key, store.Options.Sealer), heads.GetValueOrDefault(key), memories[key]));
            }

            if (!streams.Values.All(stream => stream.Memory.Fits(stream.Head)))
            {
                return null;
            }

            if (unknown.Count > 0)
            {
                await rows.NextResultAsync(ct);
                await ReplayAsync(rows, streams, ct);
            }
        }

        // Everything up to the locked head has been committed: another statement sees all of it.
        List<StreamKey> behind = [.. keys.Where(key => memories[key].Version > 0 && streams[key].Head!.Version > memories[key].Version)];
        if (behind.Count == 0)
        {
            return streams;
        }

        await using var rest = new NpgsqlBatch(connection);
        rest.Add(Sql.PlanOnce);
        AskForEvents(rest, behind, memories);
        rest.Add(Sql.PlanEachTime);
        await using var more = await rest.ExecuteReaderAsync(ct);
        return await ReplayAsync(more, streams, ct) ? streams : null;
    }

    private static void AskForEvents(NpgsqlBatch batch, IReadOnlyList<StreamKey> keys, Dictionary<StreamKey, StreamMemory> memories) =>
        batch.AddKeys(Sql.EventsOfStreamsAfter, keys, keys.Select(k => memories[k].Version).ToArray());

    /// <returns>False: what was remembered of a stream is not its past.</returns>
    private async Task<bool> ReplayAsync(NpgsqlDataReader rows, Dictionary<StreamKey, WritableStream> streams, CancellationToken ct)
    {
        while (await rows.ReadAsync(ct))
        {
            var stored = StoredEvent.Read(rows);
            if (!streams[stored.Key].Memory.LeadsTo(stored))
            {
                return false;
            }

            Replay(streams[stored.Key], stored);
        }

        return true;
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

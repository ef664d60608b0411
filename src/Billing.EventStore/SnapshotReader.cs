using Npgsql;

namespace Billing.EventStore;

/// <summary>Folds streams without locking them, in one round trip. Where nothing is unsealed, of a remembered stream only what came after is read; where one has another past than the one remembered, all of it, in another.</summary>
internal sealed class SnapshotReader(EventStore store, bool unseal)
{
    private readonly Dictionary<StreamKey, Snapshot> snapshots = [];

    /// <param name="keys">Distinct.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<IReadOnlyDictionary<StreamKey, Snapshot>> ReadAsync(IReadOnlyList<StreamKey> keys, CancellationToken ct)
    {
        // What is remembered has nothing personal.
        var memories = unseal ? [] : keys.Select(key => (Key: key, Memory: store.Memories.Find(key))).Where(it => it.Memory is not null).ToDictionary(it => it.Key, it => it.Memory!);
        var otherwise = await FoldAsync(keys, memories, ct);
        if (otherwise.Count > 0)
        {
            await FoldAsync([.. otherwise], [], ct);
        }

        return snapshots;
    }

    /// <returns>Those whose memory is not their past, and that have no snapshot.</returns>
    private async Task<HashSet<StreamKey>> FoldAsync(IReadOnlyList<StreamKey> keys, Dictionary<StreamKey, StreamMemory> memories, CancellationToken ct)
    {
        await using var batch = store.DataSource.CreateBatch();
        if (memories.Count > 0)
        {
            batch.AddKeys(Sql.HeadsOfStreams, [.. memories.Keys]);
        }

        if (unseal)
        {
            batch.AddKeys(Sql.StreamKeys, keys);
        }

        batch.AddKeys(Sql.EventsOfStreamsAfter, keys, keys.Select(key => memories.GetValueOrDefault(key)?.Version ?? 0).ToArray());

        await using var rows = await batch.ExecuteReaderAsync(ct);
        var (otherwise, heads, seals) = (new HashSet<StreamKey>(), default(Dictionary<StreamKey, StreamHead>), default(Dictionary<StreamKey, StreamSeal>));
        if (memories.Count > 0)
        {
            heads = await StreamHead.ReadAsync(rows, ct);
            await rows.NextResultAsync(ct);
        }

        if (unseal)
        {
            seals = await StreamSeal.ReadAsync(rows, store.Options.Sealer, ct);
            await rows.NextResultAsync(ct);
        }

        foreach (var (key, memory) in memories)
        {
            if (memory.Fits(heads!.GetValueOrDefault(key)))
            {
                snapshots[key] = new Snapshot(key, memory.State!, memory.Version, memory.LastTimestamp);
            }
            else
            {
                otherwise.Add(key);
            }
        }

        // The heads were read first: what they are ahead of a memory is among these events.
        while (await rows.ReadAsync(ct))
        {
            var stored = StoredEvent.Read(rows);
            if (memories.GetValueOrDefault(stored.Key)?.LeadsTo(stored) is false)
            {
                snapshots.Remove(stored.Key);
                otherwise.Add(stored.Key);
            }

            if (!otherwise.Contains(stored.Key))
            {
                var (_, data) = store.Codec.Decode(stored, seals?[stored.Key]);
                snapshots[stored.Key] = new Snapshot(
                    stored.Key, store.Options.Aggregate.Evolve(snapshots.GetValueOrDefault(stored.Key)?.State, data), stored.Version, stored.Timestamp);
            }
        }

        return otherwise;
    }
}

using Npgsql;

namespace Billing.EventStore;

/// <summary>One stream as the tables hold it, whole or broken.</summary>
internal sealed record StoredStream(StreamKey Key, StreamHead? Head, IReadOnlyList<StoredEvent> Events)
{
    /// <summary>Up to here views are written: what another writer appended is chained and projected by our next append.</summary>
    internal long ProjectedVersion => Head?.HashVersion ?? long.MaxValue;

    /// <summary>Reads two results: heads, then events.</summary>
    internal static async Task<List<StoredStream>> ReadAsync(NpgsqlBatch batch, CancellationToken ct)
    {
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var heads = await StreamHead.ReadAsync(rows, ct);
        await rows.NextResultAsync(ct);
        return await JoinAsync(rows, heads, ct);
    }

    internal static async Task<List<StoredStream>> JoinAsync(NpgsqlDataReader events, Dictionary<StreamKey, StreamHead> heads, CancellationToken ct)
    {
        var byStream = new Dictionary<StreamKey, List<StoredEvent>>();
        while (await events.ReadAsync(ct))
        {
            var stored = StoredEvent.Read(events);
            if (!byStream.TryGetValue(stored.Key, out var list))
            {
                byStream.Add(stored.Key, list = []);
            }

            list.Add(stored);
        }

        return [.. heads.Keys.Union(byStream.Keys).Order().Select(key => new StoredStream(key, heads.GetValueOrDefault(key), byStream.GetValueOrDefault(key) ?? []))];
    }

    /// <summary>The events as the projections saw them, each with the state up to it.</summary>
    /// <exception cref="Exception">A row does not read as its event, or the aggregate refuses the sequence.</exception>
    internal List<Recorded> Replay(EventStore store)
    {
        object? state = null;
        var replayed = new List<Recorded>();
        foreach (var stored in Events.Where(e => e.Version <= ProjectedVersion))
        {
            var recorded = store.Codec.ToRecorded(stored, seal: null);
            state = store.Options.Aggregate.Evolve(state, recorded.Data);
            replayed.Add(recorded with { State = state });
        }

        return [.. replayed.SkipLast(1), .. replayed.TakeLast(1).Select(last => last with { IsLast = true })];
    }
}

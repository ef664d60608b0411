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

    /// <summary>The rows of this stream in each of these views, folded as the append folded them.</summary>
    /// <exception cref="Exception">A row does not read as its event, or the aggregate refuses the sequence.</exception>
    internal List<ViewFold> Fold(EventStore store, IReadOnlyList<View> views)
    {
        object? state = null;
        List<ViewFold> folds = [.. views.Select(view => view.Begin())];
        foreach (var stored in Events.Where(e => e.Version <= ProjectedVersion))
        {
            var read = store.Codec.ToRecorded(stored, seal: null);
            state = store.Options.Aggregate.Evolve(state, read.Data);
            var recorded = read with { State = state };
            folds.ForEach(fold => fold.Apply(recorded));
        }

        return folds;
    }
}

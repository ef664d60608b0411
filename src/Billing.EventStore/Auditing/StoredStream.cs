using System.Runtime.CompilerServices;
using Npgsql;

namespace Billing.EventStore;

/// <summary>One stream as the tables hold it, whole or broken.</summary>
internal sealed record StoredStream(StreamKey Key, StreamHead? Head, IReadOnlyList<StoredEvent> Events)
{
    /// <summary>Up to here views are written: what another writer appended is chained and projected by our next append.</summary>
    internal long ProjectedVersion => Head?.HashVersion ?? long.MaxValue;

    /// <summary>Reads two results, heads and then events in stream order, and gives each stream as soon as its events are there; those without events at the end.</summary>
    internal static async IAsyncEnumerable<StoredStream> ReadAsync(NpgsqlBatch batch, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var heads = await StreamHead.ReadAsync(rows, ct);
        await rows.NextResultAsync(ct);

        List<StoredEvent> events = [];
        while (await rows.ReadAsync(ct))
        {
            var stored = StoredEvent.Read(rows);
            if (events.Count > 0 && events[0].Key != stored.Key)
            {
                yield return Of(heads, events);
                events = new List<StoredEvent>(events.Count);
            }

            events.Add(stored);
        }

        if (events.Count > 0)
        {
            yield return Of(heads, events);
        }

        foreach (var (key, head) in heads)
        {
            yield return new StoredStream(key, head, []);
        }
    }

    /// <summary>The rows of this stream in each of these views, folded as the append folded them.</summary>
    /// <exception cref="Exception">A row does not read as its event, or the aggregate refuses the sequence.</exception>
    internal List<ViewFold> Fold(EventStore store, IReadOnlyList<View> views)
    {
        object? state = null;
        List<ViewFold> folds = [.. views.Select(view => view.Begin())];
        foreach (var stored in Events)
        {
            if (stored.Version > ProjectedVersion)
            {
                break;
            }

            var (type, data) = store.Codec.Decode(stored, seal: null);
            state = store.Options.Aggregate.Evolve(state, data);
            if (folds.Count > 0)
            {
                var recorded = EventCodec.Recorded(stored, type, data, state);
                folds.ForEach(fold => fold.Apply(recorded));
            }
        }

        return folds;
    }

    private static StoredStream Of(Dictionary<StreamKey, StreamHead> heads, List<StoredEvent> events)
    {
        heads.Remove(events[0].Key, out var head);
        return new StoredStream(events[0].Key, head, events);
    }
}

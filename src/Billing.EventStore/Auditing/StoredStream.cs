using System.Runtime.CompilerServices;
using Npgsql;

namespace Billing.EventStore;

/// <summary>One stream as the tables hold it, whole or broken.</summary>
internal sealed record StoredStream(StreamKey Key, StreamHead? Head, IReadOnlyList<StoredEvent> Events)
{
    // Where a row of Sql.Streams has what tells events from streams.
    private const int Kind = 14;
    private const int HeadKind = 0;

    /// <summary>Up to here views are written: what another writer appended is chained and projected by our next append.</summary>
    internal long ProjectedVersion => Head?.HashVersion ?? long.MaxValue;

    /// <summary>Reads rows of <see cref="Sql.Streams"/> and gives each stream as soon as its events are there.</summary>
    internal static async IAsyncEnumerable<StoredStream> ReadAsync(NpgsqlBatch batch, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var rows = await batch.ExecuteReaderAsync(ct);
        StoredStream? stream = null;
        List<StoredEvent> events = [];
        while (await rows.ReadAsync(ct))
        {
            var (key, isHead) = (rows.StreamKey(), rows.GetInt32(Kind) == HeadKind);
            if (stream?.Key != key)
            {
                if (stream is not null)
                {
                    yield return stream;
                }

                events = new List<StoredEvent>(events.Count);
                stream = new StoredStream(key, isHead ? StreamHead.ReadAmongEvents(rows) : null, events);
            }

            if (!isHead)
            {
                events.Add(StoredEvent.Read(rows, key));
            }
        }

        if (stream is not null)
        {
            yield return stream;
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
}

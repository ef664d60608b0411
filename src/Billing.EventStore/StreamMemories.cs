using System.Collections.Concurrent;

namespace Billing.EventStore;

/// <summary>What recently written streams looked like, so that only the events of others since then are read again.</summary>
/// <remarks>
/// A memory is taken out by the session that locks the stream and put back by its commit: nobody shares one, and one that a failed decision changed
/// is dropped. It is checked against the locked head before it is used, so that it can be out of date but not wrong.
/// Two generations: when the young one is full it becomes the old one, whose leftovers are forgotten.
/// </remarks>
internal sealed class StreamMemories(int limit)
{
    private ConcurrentDictionary<StreamKey, StreamMemory> young = new();
    private ConcurrentDictionary<StreamKey, StreamMemory> old = new();

    internal StreamMemory? Take(StreamKey key) =>
        young.TryRemove(key, out var memory) || old.TryRemove(key, out memory) ? memory : null;

    internal void Put(StreamKey key, StreamMemory memory)
    {
        if (limit == 0)
        {
            return;
        }

        // Two that find it full at once forget a generation early: a cache may.
        if (young.Count >= limit / 2)
        {
            (old, young) = (young, new());
        }

        young[key] = memory;
    }
}

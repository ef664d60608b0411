using System.Collections.Concurrent;

namespace Billing.EventStore;

/// <summary>What recently written streams looked like, so that only the events of others since then are read again.</summary>
/// <remarks>
/// A memory is taken out by the session that writes the stream and put back by its commit: no two change one, and one that a failed decision changed
/// is dropped. Whoever only reads may look at the state in it, which never changes. It is checked against the stream's head before it is used, or (appends to many) by the statement that moves the head on, so that it can be out of date but not wrong.
/// Two generations: when the young one is full it becomes the old one, whose leftovers are forgotten.
/// </remarks>
internal sealed class StreamMemories(int limit)
{
    private Generation young = new();
    private Generation old = new();

    internal StreamMemory? Take(StreamKey key) => young.Take(key) ?? old.Take(key);

    /// <summary>Leaves it where it is, for whoever wants no more than to look.</summary>
    internal StreamMemory? Find(StreamKey key) => young.Find(key) ?? old.Find(key);

    internal void Put(StreamKey key, StreamMemory memory)
    {
        if (limit == 0)
        {
            return;
        }

        // Two that find it full at once forget a generation early: a cache may.
        if (young.Size >= limit / 2)
        {
            (old, young) = (young, new());
        }

        young.Put(key, memory);
    }

    /// <summary>Counts for itself: the dictionary's own count takes all of its locks.</summary>
    private sealed class Generation
    {
        private readonly ConcurrentDictionary<StreamKey, StreamMemory> memories = new();
        private int size;

        public int Size => Volatile.Read(ref size);

        public StreamMemory? Take(StreamKey key)
        {
            if (!memories.TryRemove(key, out var memory))
            {
                return null;
            }

            Interlocked.Decrement(ref size);
            return memory;
        }

        public StreamMemory? Find(StreamKey key) => memories.GetValueOrDefault(key);

        public void Put(StreamKey key, StreamMemory memory)
        {
            if (memories.TryAdd(key, memory))
            {
                Interlocked.Increment(ref size);
            }
            else
            {
                memories[key] = memory;
            }
        }
    }
}

using System.Collections.Concurrent;

namespace Billing.EventStore;

/// <summary>What arrives while work is under way is worked on together next. Nobody waits for company: who is alone is served at once.</summary>
/// <param name="most">In one batch.</param>
/// <param name="atOnce">Batches under way at once.</param>
/// <param name="work">In the order of arrival; tells each of them what became of it, and never throws.</param>
public sealed class Gathering<T>(int most, int atOnce, Func<List<T>, Task> work)
{
    private readonly ConcurrentQueue<T> waiting = new();
    private int running;

    public void Add(T one)
    {
        waiting.Enqueue(one);
        if (MayRun())
        {
            _ = Task.Run(DrainAsync, CancellationToken.None);
        }
    }

    // Never above the limit, not even for a moment: two that give way to each other would both go, and leave what waits to nobody.
    private bool MayRun()
    {
        for (var (before, seen) = (0, 0); ; before = seen)
        {
            seen = Interlocked.CompareExchange(ref running, before + 1, before);
            if (seen == before || seen >= atOnce)
            {
                return seen == before;
            }
        }
    }

    private async Task DrainAsync()
    {
        do
        {
            while (Take() is { Count: > 0 } batch)
            {
                await work(batch);
            }

            // Whoever came between the last look and this line saw us running: look again.
            Interlocked.Decrement(ref running);
        }
        while (!waiting.IsEmpty && MayRun());
    }

    private List<T> Take()
    {
        var batch = new List<T>();
        while (batch.Count < most && waiting.TryDequeue(out var one))
        {
            batch.Add(one);
        }

        return batch;
    }
}

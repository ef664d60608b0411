using System.Collections.Concurrent;
using Npgsql;

namespace Billing.Api;

/// <summary>Asks the books together what was asked while the answer before was under way: one round trip for many. Nobody waits for company.</summary>
/// <remarks>What fails together is halved until what is to blame stands alone: none fails for another.</remarks>
/// <param name="most">Questions asked at once.</param>
/// <param name="atOnce">Batches under way at once; more would only compete with each other.</param>
/// <param name="ask">As many answers as questions, in their order.</param>
internal sealed class Together<TQuestion, TAnswer>(int most, int atOnce, Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> ask)
{
    private readonly ConcurrentQueue<Asked> waiting = new();
    private int running;

    /// <param name="question">One of many.</param>
    /// <param name="ct">Ends the waiting; what is under way is finished.</param>
    /// <exception cref="NpgsqlException">As the books said it.</exception>
    public Task<TAnswer> AskAsync(TQuestion question, CancellationToken ct)
    {
        var asked = new Asked(question);
        waiting.Enqueue(asked);

        if (MayRun())
        {
            _ = Task.Run(DrainAsync, CancellationToken.None);
        }

        return asked.Answer.Task.WaitAsync(ct);
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
                await AnswerAsync(batch);
            }

            // Whoever came between the last look and this line saw us running: look again.
            Interlocked.Decrement(ref running);
        }
        while (!waiting.IsEmpty && MayRun());
    }

    private List<Asked> Take()
    {
        var batch = new List<Asked>();

        while (batch.Count < most && waiting.TryDequeue(out var asked))
        {
            batch.Add(asked);
        }

        return batch;
    }

    private async Task AnswerAsync(List<Asked> batch)
    {
        try
        {
            var answers = await ask([.. batch.Select(asked => asked.Question)]);

            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.SetResult(answers[i]);
            }
        }
        catch (Exception error) when (batch.Count > 1 && error is (PostgresException or not NpgsqlException))
        {
            await AnswerAsync(batch[..(batch.Count / 2)]);
            await AnswerAsync(batch[(batch.Count / 2)..]);
        }
#pragma warning disable CA1031 // Whoever waits is told, whatever it was.
        catch (Exception error)
#pragma warning restore CA1031
        {
            batch.ForEach(asked => asked.Answer.TrySetException(error));
        }
    }

    private sealed record Asked(TQuestion Question)
    {
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

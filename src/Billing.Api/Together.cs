using Billing.EventStore;
using Npgsql;

namespace Billing.Api;

/// <summary>Asks the books together what was asked while the answer before was under way: one round trip for many.</summary>
/// <remarks>What fails together is halved until what is to blame stands alone: none fails for another.</remarks>
internal sealed class Together<TQuestion, TAnswer>
{
    private readonly Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> ask;
    private readonly Gathering<Asked> questions;

    /// <param name="most">Questions asked at once.</param>
    /// <param name="atOnce">Batches under way at once; more would only compete with each other.</param>
    /// <param name="ask">As many answers as questions, in their order.</param>
    public Together(int most, int atOnce, Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> ask) => (this.ask, questions) = (ask, new Gathering<Asked>(most, atOnce, AnswerAsync));

    /// <param name="question">One of many.</param>
    /// <param name="ct">Ends the waiting; what is under way is finished.</param>
    /// <exception cref="NpgsqlException">As the books said it.</exception>
    public Task<TAnswer> AskAsync(TQuestion question, CancellationToken ct)
    {
        var asked = new Asked(question);
        questions.Add(asked);

        return asked.Answer.Task.WaitAsync(ct);
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

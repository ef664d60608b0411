using Billing.Domain.Gateway;

namespace Billing.Api.Comparing;

/// <summary>Asks the gateway on behalf of one walk: at most one question per interval, a few times each, until the gateway seems to be away.</summary>
public sealed class Questions(DriftSettings drift)
{
    private const int Tries = 3;
    private const int MostTurns = 5;

    // After so many questions in a row without an answer the gateway is away, and the walk waits for another day.
    private const int MostUnasked = 5;

    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(3);

    private int unaskedInARow;

    public bool IsGatewayAway => unaskedInARow >= MostUnasked;

    /// <summary>The walk cannot go on without this answer.</summary>
    public void GiveUp() => unaskedInARow = MostUnasked;

    /// <returns>Null: it could not be asked, however often.</returns>
    public async Task<T?> AskAsync<T>(Func<Task<T>> ask, Func<T, bool> isAnswer, CancellationToken ct)
        where T : class?
    {
        for (var (tries, turns) = (0, 0); tries < Tries && turns < MostTurns;)
        {
            await Task.Delay(drift.Interval, ct);
            var answer = await ask();

            if (isAnswer(answer))
            {
                unaskedInARow = 0;
                return answer;
            }

            // What never left the house is no try, but nobody waits for ever for a gateway that is away.
            var wait = answer switch
            {
                MandateAnswer.NotSent it => it.Wait,
                ChargeAnswer.NotSent it => it.Wait,
                _ => TimeSpan.Zero,
            };
            (tries, turns) = wait > TimeSpan.Zero ? (tries, turns + 1) : (tries + 1, turns);
            await Task.Delay(wait < LongestTurn ? wait : LongestTurn, ct);
        }

        unaskedInARow++;

        return null;
    }
}

using Billing.Domain.Gateway;

namespace Billing.Api.Reconciliation;

/// <summary>Look-ups of one run: at most one per interval, a few tries each, until the gateway seems away.</summary>
public sealed class ThrottledGateway(DriftOptions options)
{
    private const int Tries = 3;
    private const int MostWaits = 5;

    // After so many look-ups in a row without an answer the gateway is away, and the run is continued later.
    private const int MostUnasked = 5;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    private int unaskedInARow;

    public bool IsAway => unaskedInARow >= MostUnasked;

    /// <summary>The run cannot continue without this answer.</summary>
    public void GiveUp() => unaskedInARow = MostUnasked;

    /// <returns>Null: it could not be asked.</returns>
    public async Task<T?> AskAsync<T>(Func<Task<T>> ask, Func<T, bool> isAnswer, CancellationToken ct)
        where T : class?
    {
        for (var (tries, waits) = (0, 0); tries < Tries && waits < MostWaits;)
        {
            await Task.Delay(options.Interval, ct);
            var answer = await ask();

            if (isAnswer(answer))
            {
                unaskedInARow = 0;

                return answer;
            }

            // A request that was not sent is no try, but the number of waits is bounded as well.
            var wait = answer switch
            {
                MandateResult.NotSent it => it.Wait,
                ChargeResult.NotSent it => it.Wait,
                _ => TimeSpan.Zero,
            };
            (tries, waits) = wait > TimeSpan.Zero ? (tries, waits + 1) : (tries + 1, waits);
            await Task.Delay(wait < LongestWait ? wait : LongestWait, ct);
        }

        unaskedInARow++;

        return null;
    }
}

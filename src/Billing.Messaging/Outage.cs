using Microsoft.Extensions.Logging;

namespace Billing.Messaging;

/// <summary>Rides out a database that is away: says so once, backs off, tries again, says once that it is back.</summary>
internal sealed class Outage(ILogger logger)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private int _isAway;

    /// <summary>Repeats <paramref name="step"/> while it fails for a reason that <paramref name="passes"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async Task RideOutAsync(Func<Task> step, Func<Exception, bool> passes, CancellationToken ct)
    {
        var backoff = new Backoff(Shortest, Longest);
        while (true)
        {
            try
            {
                await step();
                if (Interlocked.Exchange(ref _isAway, 0) == 1)
                {
                    Log.DatabaseBack(logger);
                }

                return;
            }
            catch (Exception exception) when (!Faults.IsStop(exception, ct) && passes(exception))
            {
                if (Interlocked.Exchange(ref _isAway, 1) == 0)
                {
                    Log.DatabaseAway(logger, Faults.Reason(exception, isFinal: false));
                }
            }

            await Task.Delay(backoff.Next(), TimeProvider.System, ct);
        }
    }
}

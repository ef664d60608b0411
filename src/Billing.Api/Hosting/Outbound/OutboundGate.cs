using Billing.Api.Hosting.RateLimiting;
using Billing.Gateway;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Rate limit and circuit breaker: no intent is recorded for a call that cannot be sent at once.</summary>
public sealed class OutboundGate(
    IGatewayAvailability breaker, GatewayRateLimit rateLimit, TimeProvider realTime, ChargingOptions options)
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes one permit, waiting for at most <see cref="ChargingOptions.AnswerWithin"/>.</summary>
    /// <returns>False when the gateway could not be called in that time; nothing may be recorded then.</returns>
    public async Task<bool> EnterAsync(string site, CancellationToken ct)
    {
        var until = realTime.GetUtcNow() + options.AnswerWithin;

        while (true)
        {
            var wait = breaker.RetryAfter(site) ?? await rateLimit.AcquireAsync(site, ct);

            if (wait is null)
            {
                return true;
            }

            var pause = wait.Value > ShortPause ? wait.Value : ShortPause;

            if (realTime.GetUtcNow() + pause > until)
            {
                return false;
            }

            await Task.Delay(pause, ct);
        }
    }

    /// <summary>As many permits as a page of charges may use right now; 0 while the breaker is open.</summary>
    public async Task<int> TakeAsync(string site, int most, CancellationToken ct) =>
        most <= 0 || breaker.RetryAfter(site) is not null ? 0
        : await rateLimit.TakeAsync(site, breaker.AllowsOneCallOnly(site) ? 1 : most, ct);

    /// <summary>True when a call may go now; takes one permit.</summary>
    public async Task<bool> TryEnterAsync(string site, CancellationToken ct) => await TakeAsync(site, 1, ct) == 1;
}

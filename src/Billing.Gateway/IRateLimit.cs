namespace Billing.Gateway;

/// <summary>
/// How many calls a site may make. Reads acquire a permit here; the permit of a write is acquired before its intent is
/// committed.
/// </summary>
public interface IRateLimit
{
    /// <summary>Waits for a permit, for a moment at most.</summary>
    /// <returns>Null: the call may begin. Otherwise how long to wait; no permit was used.</returns>
    ValueTask<TimeSpan?> AcquireAsync(string siteId, CancellationToken ct);
}

/// <summary>No limit.</summary>
public sealed class NoRateLimit : IRateLimit
{
    public ValueTask<TimeSpan?> AcquireAsync(string siteId, CancellationToken ct) => default;
}

/// <summary>Whether calls may go to the gateway now. Asked before an intent is committed.</summary>
public interface IGatewayAvailability
{
    /// <returns>Null: calls may go. Otherwise how long the circuit breaker of the site stays open.</returns>
    TimeSpan? RetryAfter(string siteId);

    /// <returns>True until a probe has closed the breaker: only one call would be sent.</returns>
    bool AllowsOneCallOnly(string siteId);
}

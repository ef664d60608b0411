using System.Collections.Concurrent;

namespace Billing.Gateway.Breaking;

/// <summary>One breaker per site and process: a wrong key or rate limit of one site does not stop others.</summary>
public sealed class Breakers : IGatewayAvailability
{
    private readonly ConcurrentDictionary<string, Breaker> _sites = new(StringComparer.Ordinal);
    private readonly Func<string, Breaker> _make;

    internal Breakers(GatewayOptions options) =>
        _make = _ => new Breaker(
            options.BreakerFailures, TimeSpan.FromSeconds(options.BreakerSeconds),
            TimeSpan.FromSeconds(options.RetryAfterMostSeconds));

    internal Breaker Of(string siteId) =>
        _sites.TryGetValue(siteId, out var breaker) ? breaker : _sites.GetOrAdd(siteId, _make);

    public TimeSpan? RetryAfter(string siteId) =>
        _sites.GetValueOrDefault(siteId)?.Wait is { } wait && wait > TimeSpan.Zero ? wait : null;

    public bool AllowsOneCallOnly(string siteId) => _sites.GetValueOrDefault(siteId)?.IsOpen ?? false;

    /// <summary>The sites that this process has called, sorted, for display.</summary>
    public IReadOnlyList<BreakerState> Shown() =>
    [
        .. _sites.OrderBy(site => site.Key, StringComparer.Ordinal).Select(site => new BreakerState(
            site.Key,
            site.Value.IsOpen ? "open" : "closed",
            site.Value.FailuresInARow,
            site.Value.IsOpen ? Math.Round(site.Value.Wait.TotalSeconds, 1) : null,
            site.Value.Symptom)),
    ];
}

/// <param name="State">closed, or open: calls of the site wait and nothing is sent.</param>
/// <param name="FailuresInARow">Calls without service since the last one with.</param>
/// <param name="NextTrySeconds">Time until the next call is sent; null when closed.</param>
/// <param name="Symptom">What opened it: timeout, http_503, not_connected …; null when closed.</param>
public sealed record BreakerState(
    string SiteId, string State, int FailuresInARow, double? NextTrySeconds, string? Symptom);

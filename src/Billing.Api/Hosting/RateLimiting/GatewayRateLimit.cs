using System.Collections.Concurrent;
using Billing.Api.Hosting.Sites;
using Billing.Gateway;
using Npgsql;

namespace Billing.Api.Hosting.RateLimiting;

/// <summary>The rate limit of each site towards the gateway, shared by all nodes through one database row.</summary>
/// <remarks>
/// A permit is a moment at which one call may begin. A block of permits moves the site's row on by so many intervals,
/// in a statement of its own. Moments are relative to the database's clock and kept by the process's stopwatch, so that
/// the clocks of the nodes need not agree. A permit that is not used lapses.
/// </remarks>
public sealed class GatewayRateLimit(NpgsqlDataSource dataSource, Database database, SiteRegister sites)
    : IRateLimit, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, SiteRateLimit> limits = new(StringComparer.Ordinal);

    /// <summary>Waits for one permit, for a moment at most.</summary>
    /// <returns>Null: the call may begin. Otherwise how long to wait; no permit was used.</returns>
    public ValueTask<TimeSpan?> AcquireAsync(string siteId, CancellationToken ct) =>
        LimitOf(siteId) is { } limit ? new(limit.AcquireAsync(ct)) : default;

    /// <summary>Takes up to so many permits that may all be used at once, for a page of charges.</summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> TakeAsync(string siteId, int most, CancellationToken ct) =>
        LimitOf(siteId) is { } limit ? await limit.TakeAsync(most, ct) : most;

    public void Dispose()
    {
        foreach (var limit in limits.Values)
        {
            limit.Dispose();
        }
    }

    private SiteRateLimit? LimitOf(string siteId) => sites.Find(siteId)?.GatewayCallsPerSecond is { } rate
        ? limits.GetOrAdd(
            siteId,
            _ => new SiteRateLimit(dataSource, $"{database.Schema}.{RateLimitTable.Name}", siteId, rate, Patience))
        : null;
}

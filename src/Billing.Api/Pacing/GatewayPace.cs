using System.Collections.Concurrent;
using Billing.Api.Sites;
using Billing.Gateway;
using Npgsql;

namespace Billing.Api.Pacing;

/// <summary>The pace of each site towards the gateway, one for all nodes: turns are given away in the database, in blocks, each in a statement of its own.</summary>
/// <remarks>
/// A turn is a moment. Each row says until when turns are given away; a block moves it on by so many intervals, and whoever took the block calls at its
/// moments, so that nodes never share a second that only one of them paid for. Moments are told relative to the database's clock and kept by the process's own
/// stopwatch: no clock of a node is compared with anything, and a restart forgets at most one block.
/// </remarks>
public sealed class GatewayPace(NpgsqlDataSource books, SiteRegister sites, Settings settings) : IGatewayPace, IDisposable
{
    private readonly ConcurrentDictionary<string, SitePace> _paces = new(StringComparer.Ordinal);

    // It has to fit between time-out and lease.
    private readonly TimeSpan _patience = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerSecond, ((settings.Lease - settings.GatewayTimeout) / 2).Ticks));

    /// <summary>The longest that one call of a site takes, its wait for a turn included.</summary>
    public TimeSpan LongestCall(string siteId) => settings.GatewayTimeout + (sites.Find(siteId)?.GatewayCallsPerSecond is null ? TimeSpan.Zero : _patience);

    public void Dispose()
    {
        foreach (var pace in _paces.Values)
        {
            pace.Dispose();
        }
    }

    public ValueTask<TimeSpan?> TakeAsync(string siteId, CancellationToken ct) => sites.Find(siteId)?.GatewayCallsPerSecond is { } rate
        ? new(_paces.GetOrAdd(siteId, _ => new SitePace(books, siteId, rate, _patience)).TakeAsync(ct))
        : default;
}

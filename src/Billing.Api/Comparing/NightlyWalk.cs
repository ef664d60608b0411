using Billing.Api.Sites;
using Billing.Domain.Profiles;

namespace Billing.Api.Comparing;

/// <summary>Begins a walk of each site when its time has come, and goes on with those that were left.</summary>
public sealed class NightlyWalk(DriftWalk walker, WalkLog log, SiteRegister sites, MethodProfiles profiles, DriftSettings drift, TimeProvider clock)
{
    /// <summary>News of younger payments is still on its way.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromMinutes(15);

    /// <summary>Far enough back for the failed that turned out paid, and for what may still be taken back.</summary>
    public static readonly TimeSpan LeastBack = TimeSpan.FromDays(35);

    /// <returns>How many walks were brought to their end.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var done = 0;

        foreach (var site in sites.Ids.Order(StringComparer.Ordinal))
        {
            var walk = await DueAsync(site, ct) is { } due ? await walker.BeginAsync(due, _ => { }, ct) : await walker.GoOnAsync(site, _ => { }, ct);
            done += walk is { IsDone: true } ? 1 : 0;
        }

        return done;
    }

    private async Task<Walk?> DueAsync(string site, CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        if (drift.Every <= TimeSpan.Zero || (await log.FinishedAtAsync(site, ct) is { } last && last + drift.Every > now))
        {
            return null;
        }

        var back = TimeSpan.FromDays(Math.Max(LeastBack.TotalDays, profiles.All.Max(profile => profile.ReversalDays)));

        return Begin(site, now - back, now, heal: true, "drift-walk");
    }

    public static Walk Begin(string site, DateTimeOffset since, DateTimeOffset now, bool heal, string by) =>
        new(site, Walk.OfPreapprovals, Guid.Empty, "", 1, since, now - Young, heal, by, 0, 0, 0, 0, 0);
}

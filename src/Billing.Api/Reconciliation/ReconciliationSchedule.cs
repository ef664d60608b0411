using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Domain.Profiles;

namespace Billing.Api.Reconciliation;

/// <summary>Begins a run of each site when its time has come, and continues those that were interrupted.</summary>
public sealed class ReconciliationSchedule(
    Reconciler reconciler, RunLog log, SiteRegister sites, MethodProfiles profiles, DriftOptions options,
    BusinessClock clock)
{
    /// <summary>Notifications of younger payments are still on their way.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromMinutes(15);

    /// <summary>Far enough back for a failed payment that turned out paid, and for late reversals.</summary>
    public static readonly TimeSpan LeastBack = TimeSpan.FromDays(35);

    /// <returns>How many runs were finished.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var last = (await log.AllAsync(ct)).ToDictionary(run => run.Site, StringComparer.Ordinal);

        return await SiteRegister.SumOfEachAsync(
            sites.Ids,
            async site =>
            {
                var run = last.GetValueOrDefault(site) switch
                {
                    { IsDone: false } => await reconciler.ContinueAsync(site, _ => { }, ct),
                    var done when IsDue(done) => await reconciler.BeginAsync(Next(site), _ => { }, ct),
                    _ => null,
                };

                return run is { IsDone: true } ? 1 : 0;
            },
            ct);
    }

    public static ReconciliationRun Begin(
        string site, DateTimeOffset since, DateTimeOffset now, bool heal, string by) =>
        new() { Site = site, Since = since, Until = now - Young, Heal = heal, By = by };

    private bool IsDue(ReconciliationRun? last) => options.Every > TimeSpan.Zero
        && (last is null || last.FinishedAt + options.Every <= clock.GetUtcNow());

    private ReconciliationRun Next(string site)
    {
        var now = clock.GetUtcNow();
        var back = TimeSpan.FromDays(Math.Max(LeastBack.TotalDays, profiles.All.Max(profile => profile.ReversalDays)));

        return Begin(site, now - back, now, heal: true, "reconciliation");
    }
}

using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.PriceChanges;

/// <summary>Goes on with changes of many prices, on every node; one page of a change at a time.</summary>
public sealed class PriceChangeDuty(
    PriceChangeCommands changes, SiteRegister sites, DueSites dueSites, NodeHealth health, JobsOptions jobs,
    ILogger<PriceChangeDuty> log) : BackgroundService
{
    private static readonly TimeSpan WhileAnotherNodeWorks = TimeSpan.FromMilliseconds(200);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new SiteDuty("price changes", sites.Ids, jobs.Interval, health, log).RunAsync(
            free => dueSites.FindAsync(
                free, PriceChangeServices.Table, ["d.is_under_way = true"], [],
                stoppingToken),
            site => RunOnceAsync(site, stoppingToken), loops: 1, stoppingToken);

    // Returns the wait before the next page, null at the end.
    private async Task<TimeSpan?> RunOnceAsync(string site, CancellationToken ct)
    {
        if (await changes.NextAsync(site, ct) is not { } next)
        {
            return null;
        }

        return await changes.AdvanceAsync(site, next.Id) is null ? WhileAnotherNodeWorks : TimeSpan.Zero;
    }
}

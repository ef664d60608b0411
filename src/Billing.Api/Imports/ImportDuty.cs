using Billing.Api.Hosting;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Imports;

/// <summary>Works on imports on nodes with jobs; one of them at a time for a site.</summary>
public sealed class ImportDuty(
    ImportWork work, SiteRegister sites, DueSites dueSites, NodeHealth health, ChargingOptions charging,
    JobsOptions jobs, ILogger<ImportDuty> log) : BackgroundService
{
    private static readonly string[] HasWork =
        [$"d.state in ('{ImportStates.Checking}', '{ImportStates.Running}')"];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new SiteDuty("import", sites.Ids, jobs.Interval, health, log).RunAsync(
            free => dueSites.FindAsync(free, ImportTables.Imports, HasWork, [], stoppingToken),
            async site => await work.RunAsync(site, stoppingToken) is ImportProgress.SomeWait
                ? charging.AskAgain
                : null,
            loops: 1, stoppingToken);
}

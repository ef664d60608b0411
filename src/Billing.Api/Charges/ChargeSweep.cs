using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Sites;
using Wolverine;

namespace Billing.Api.Charges;

/// <summary>Charges what is due, on every node. Free calls and the site's permits limit the size of a page.</summary>
public sealed class ChargeSweep(
    IServiceScopeFactory scopes, SiteRegister sites, DueSites dueSites, DueClaims due, OutboundGate gate,
    CallsUnderWay calls, BusinessClock clock, NodeHealth health, ChargingOptions options, JobsOptions jobs,
    ILogger<ChargeSweep> log)
    : BackgroundService
{
    // One page is being decided while the calls of another are under way.
    private const int LoopsPerSite = 2;
    private static readonly TimeSpan WhileCallsAreBusy = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan WhileOthersHoldRows = TimeSpan.FromMilliseconds(100);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new SiteDuty("sweep", sites.Ids, jobs.Interval, health, log).RunAsync(
            free => dueSites.FindAsync(
                free, DueSites.Preapprovals, ["d.next_due_at <= $2 order by d.next_due_at"], [clock.GetUtcNow()],
                stoppingToken),
            site => RunOnceAsync(site, stoppingToken), LoopsPerSite, stoppingToken);

    // Decides one page of a site, if calls and permits are free; returns the wait before the next page, null at the
    // end.
    private async Task<TimeSpan?> RunOnceAsync(string site, CancellationToken ct)
    {
        var page = Guid.CreateVersion7();
        var reserved = calls.Reserve(page, options.PageSize);
        var result = new PageResult();

        try
        {
            var permits = await gate.TakeAsync(site, reserved, ct);

            if (permits == 0)
            {
                return reserved == 0 ? WhileCallsAreBusy : null;
            }

            using var span = BillingTracing.Start("sweep", site);
            await SweepAsync(site, new SweepSite(page, permits), result);
            span?.SetTag(BillingTracing.Charges, result.Requested);

            return result switch
            {
                { Claimed: > 0 } => TimeSpan.Zero,
                { AreOthersHeld: true } => WhileOthersHoldRows,
                _ => null,
            };
        }
        finally
        {
            // The calls of the page give back the rest as they end.
            calls.Release(page, reserved - result.Requested);
        }
    }

    // A page that fails is halved until the preapproval that causes the failure is alone; the others are charged.
    // The streams are locked: another writer cannot be the cause of a conflict, a damaged stream can.
    private async Task SweepAsync(string site, SweepSite command, PageResult result)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var swept = await scope.ServiceProvider.GetRequiredService<IMessageBus>()
                .InvokeForTenantAsync<SweptSite>(site, command, CancellationToken.None);
            result.Requested += swept.Requested;
            result.Claimed += swept.Claimed;
            result.AreOthersHeld |= swept.AreOthersHeld;
        }
        catch (Exception e) when (
            command.Claimed.Count > 0 && (!DatabaseErrors.IsTransient(e) || DatabaseErrors.IsConflict(e)))
        {
            if (command.Claimed is [var alone])
            {
                SweepSiteHandler.NotDecided(log, e, alone);
                due.PutAside(alone);

                return;
            }

            var half = command.Claimed.Count / 2;
            await SweepAsync(site, command with { Only = [.. command.Claimed.Take(half)], Claimed = [] }, result);
            await SweepAsync(site, command with { Only = [.. command.Claimed.Skip(half)], Claimed = [] }, result);
        }
    }

    // Counted as each part of a page is committed, also when a later part fails.
    private sealed class PageResult
    {
        public int Requested { get; set; }

        public int Claimed { get; set; }

        public bool AreOthersHeld { get; set; }
    }
}

using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Mandates;

/// <summary>
/// Ends preapprovals that no customer approved in time. A notification may be lost, so the gateway is read first.
/// </summary>
public sealed partial class Abandonments(
    IDocumentStore store, IPaymentGateway gateway, PreapprovalDecisions decisions, SiteRegister sites, DueSites due,
    BusinessClock clock, TimeProvider realTime, ChargingOptions options, ILogger<Abandonments> log)
{
    private const int PageSize = 200;
    private static readonly EventSource Source = new("abandon");

    // A preapproval is not asked about again before that time: the gateway's answer decided nothing.
    private readonly Dictionary<Guid, DateTimeOffset> waiting = [];

    /// <returns>How many were ended or found to be open or closed.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        if (options.AbandonAfter is not { } after)
        {
            return 0;
        }

        var (settled, before) = (0, clock.GetUtcNow() - after);

        foreach (var site in await due.FindAsync(
            sites.Ids, DueSites.Preapprovals,
            ["d.status = 'Pending' and d.requested_at <= $2 order by d.requested_at"], [before], ct))
        {
            settled += await RunOnceAsync(site, before, ct);
        }

        return settled;
    }

    private async Task<int> RunOnceAsync(string site, DateTimeOffset before, CancellationToken ct)
    {
        var settled = 0;

        for (var after = DateTimeOffset.UnixEpoch; ;)
        {
            var page = await FindAsync(site, after, before, ct);

            foreach (var state in page.Where(
                state => state is { Unsettled: null, Gateway: not null } && !IsWaiting(state.Id)))
            {
                settled += await TryAskAsync(site, state, before, ct) ? 1 : 0;
            }

            if (page.Count < PageSize || page[^1].RequestedAt == after)
            {
                return settled;
            }

            after = page[^1].RequestedAt;
        }
    }

    // One preapproval that cannot be asked about must not keep the others from being ended.
    private async Task<bool> TryAskAsync(string site, Preapproval state, DateTimeOffset before, CancellationToken ct)
    {
        try
        {
            return await AskAsync(site, state, before, ct);
        }
#pragma warning disable CA1031 // It is logged and asked about again.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            NotAsked(log, e, state.Id);
            waiting[state.Id] = realTime.GetUtcNow() + options.AskAgain;

            return false;
        }
    }

    private async Task<IReadOnlyList<Preapproval>> FindAsync(
        string site, DateTimeOffset after, DateTimeOffset before, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.Query<Preapproval>()
            .Where(state => state.Status == PreapprovalStatus.Pending
                && state.RequestedAt >= after && state.RequestedAt <= before)
            .OrderBy(state => state.RequestedAt).Take(PageSize).ToListAsync(ct);
    }

    private async Task<bool> AskAsync(string site, Preapproval state, DateTimeOffset before, CancellationToken ct)
    {
        var shown = await gateway.ReadMandateAsync(site, state.Gateway!.PreapprovalId, ct);

        if (shown is MandateResult.Confirmed or MandateResult.NotFound
            && (await decisions.RecordAsync(
                site, state.Id, Source,
                now => PreapprovalDecider.Abandon(now!, shown, before, sites.CalendarOf(site), clock.GetUtcNow()),
                "record_abandonment")).Events.Count > 0)
        {
            return true;
        }

        waiting[state.Id] = realTime.GetUtcNow() + options.AskAgain;

        return false;
    }

    private bool IsWaiting(Guid id)
    {
        if (waiting.TryGetValue(id, out var until) && until > realTime.GetUtcNow())
        {
            return true;
        }

        waiting.Remove(id);

        return false;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The gateway could not be asked about preapproval {PreapprovalId}, which waits for its approval; "
            + "it is asked again")]
    private static partial void NotAsked(ILogger log, Exception e, Guid preapprovalId);
}

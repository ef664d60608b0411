using System.Collections.Concurrent;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Marten;

namespace Billing.Api.Charges;

/// <summary>Requests the next attempt of a period once the gateway has confirmed that earlier ones failed.</summary>
public sealed partial class ChargeRetries(
    IDocumentStore store, EarlierAttempts attempts, PreapprovalDecisions decisions, ChargeCalls charges,
    OutboundGate gate, SiteRegister sites, DueSites dueSites, NodeHealth health, BusinessClock clock,
    TimeProvider realTime, ChargingOptions options, JobsOptions jobs, MethodProfiles profiles,
    ILogger<ChargeRetries> log) : BackgroundService
{
    private const int MostPerPage = 200;
    private static readonly TimeSpan LookUpIsValidFor = TimeSpan.FromSeconds(60);
    private static readonly EventSource Source = new("retry");

    // Not asked again before that time: an earlier attempt could not be confirmed.
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> waiting = new();

    /// <returns>How many retries were requested.</returns>
    public async Task<int> RunOnceAsync(string site, CancellationToken ct)
    {
        var (requested, now) = (0, clock.GetUtcNow());
        var seen = new HashSet<Guid>();
        await using var session = store.QuerySession(site);

        for (var after = DateTimeOffset.UnixEpoch; ;)
        {
            var page = await session.Query<Preapproval>()
                .Where(state => state.NextRetryAt <= now && state.NextRetryAt >= after)
                .OrderBy(state => state.NextRetryAt).Take(MostPerPage).ToListAsync(ct);
            await Parallel.ForEachAsync(
                page.Where(state => seen.Add(state.Id) && !IsWaiting(state.Id)),
                new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct },
                async (state, _) =>
                {
                    if (await TryRequestAsync(site, state))
                    {
                        Interlocked.Increment(ref requested);
                    }
                });

            if (page.Count < MostPerPage || page[^1].NextRetryAt == after)
            {
                break;
            }

            after = page[^1].NextRetryAt!.Value;
        }

        return requested;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new SiteDuty("retries", sites.Ids, jobs.Interval, health, log).RunAsync(
            free => dueSites.FindAsync(
                free, DueSites.Preapprovals, ["d.next_retry_at <= $2 order by d.next_retry_at"], [clock.GetUtcNow()],
                stoppingToken),
            async site => await RunOnceAsync(site, stoppingToken) > 0 ? TimeSpan.Zero : null,
            loops: 1, stoppingToken);

    private bool IsWaiting(Guid id)
    {
        if (waiting.TryGetValue(id, out var until) && until > realTime.GetUtcNow())
        {
            return true;
        }

        waiting.TryRemove(id, out _);

        return false;
    }

    // One period that cannot be decided must not keep the others from being charged.
    private async Task<bool> TryRequestAsync(string site, Preapproval state)
    {
        try
        {
            return await RequestAsync(site, state);
        }
#pragma warning disable CA1031 // It is logged and tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            NotRequested(log, e, state.Id);
            waiting[state.Id] = realTime.GetUtcNow() + options.AskAgain;

            return false;
        }
    }

    private async Task<bool> RequestAsync(string site, Preapproval state)
    {
        if (state.NextDue is not { Attempt: > 1 } due)
        {
            return false;
        }

        using var span = BillingTracing.Start("retry", site, state.Id);
        var askedAt = realTime.GetUtcNow();

        if (!await attempts.HaveFailedAsync(site, state, due.Period, due.Attempt))
        {
            waiting[state.Id] = realTime.GetUtcNow() + options.AskAgain;
            return false;
        }

        if (!await gate.TryEnterAsync(site, CancellationToken.None))
        {
            return false;
        }

        // Only where nothing was recorded since the look-up, and the look-up is fresh.
        var window = SendWindow.Open(realTime);
        var decided = await decisions.DecideAsync(
            site, state.Id, Source,
            now => now!.Version == state.Version && realTime.GetUtcNow() - askedAt < LookUpIsValidFor
                ? PreapprovalDecider.RequestRetry(
                    now, due.Period, due.Attempt, clock.GetUtcNow(), window.Start, profiles)
                : [],
            "request_retry");

        foreach (var intent in decided.Events.OfType<ChargeRequested>())
        {
            await charges.SendAsync(site, state.Id, intent.Charge.MerchantTransactionId, window);
        }

        return decided.Events.Count > 0;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The retry that is due for preapproval {PreapprovalId} could not be requested; it is tried again")]
    private static partial void NotRequested(ILogger log, Exception e, Guid preapprovalId);
}

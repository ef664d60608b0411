using System.Collections.Concurrent;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Finds calls without an outcome and asks the gateway about them, or sends what was not sent.</summary>
/// <remarks>One query serves create, change, close, charge and refund. A lost message cannot lose a call.</remarks>
public sealed partial class Resolver(
    IDocumentStore store, IEnumerable<IOutboundOperation> operations, SiteRegister sites, DueSites dueSites,
    NodeHealth health, BusinessClock clock, TimeProvider realTime, ChargingOptions options, JobsOptions jobs,
    LookUpPolicy lookUps, ILogger<Resolver> log) : BackgroundService
{
    private const int MostPerPage = 200;
    private const int MostLeftOut = 2_000;
    private const int AtOnce = 16;

    private readonly Dictionary<OutboundOperation, IOutboundOperation> byOperation =
        operations.SelectMany(one => one.Operations.Select(operation => (operation, one)))
            .ToDictionary(pair => pair.operation, pair => pair.one);

    // Not asked again before that time: the gateway could not be asked.
    private readonly ConcurrentDictionary<(Guid, OutboundOperation, string), DateTimeOffset> waiting = new();

    /// <returns>How many calls were asked about or sent.</returns>
    public async Task<int> RunOnceAsync(string site, CancellationToken ct)
    {
        var due = await FindAsync(site, ct);
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (open, token) => await ResolveAsync(site, open.State, open.Operation, open.Key, open.Call, token));

        return due.Count;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new SiteDuty("resolver", sites.Ids, jobs.Interval, health, log).RunAsync(
            free => dueSites.FindAsync(
                free, DueSites.Preapprovals,
                [
                    "d.next_look_up_at <= $2 order by d.next_look_up_at",
                    "d.oldest_intent <= $3 order by d.oldest_intent",
                ],
                [clock.GetUtcNow(), realTime.GetUtcNow() - lookUps.Fence], stoppingToken),
            async site => await RunOnceAsync(site, stoppingToken) >= MostPerPage ? TimeSpan.Zero : null,
            loops: 1, stoppingToken);

    private async Task<List<Open>> FindAsync(string site, CancellationToken ct)
    {
        var (now, abandonedBefore) = (clock.GetUtcNow(), realTime.GetUtcNow() - lookUps.Fence);
        await using var session = store.QuerySession(site);

        var leftOut = LeftOut();
        var unknown = await session.Query<Preapproval>()
            .Where(state => state.NextLookUpAt <= now && !state.Id.IsOneOf(leftOut))
            .OrderBy(state => state.NextLookUpAt).Take(MostPerPage).ToListAsync(ct);
        var abandoned = await session.Query<Preapproval>()
            .Where(state => state.OldestIntent <= abandonedBefore && !state.Id.IsOneOf(leftOut))
            .OrderBy(state => state.OldestIntent).Take(MostPerPage).ToListAsync(ct);

        return [.. unknown.Concat(abandoned).DistinctBy(state => state.Id)
            .SelectMany(state => state.OpenCalls.Select(open => new Open(state, open.Operation, open.Key, open.Call)))
            .Where(open => IsDue(open, now, abandonedBefore) && !IsWaiting(open))];
    }

    // Calls that cannot be resolved now leave their places of the page to others. At most 2,000 do: where there are
    // more, the gateway is away for all.
    private Guid[] LeftOut()
    {
        var now = realTime.GetUtcNow();

        foreach (var over in waiting.Where(one => one.Value <= now))
        {
            waiting.TryRemove(over);
        }

        return [.. waiting.Select(one => one.Key.Item1).Distinct().Take(MostLeftOut)];
    }

    // After the quiet period only the fence keeps "not found" from being believed: wait for it, so that no look-up is
    // wasted.
    private bool IsDue(Open open, DateTimeOffset now, DateTimeOffset abandonedBefore) => open.Call switch
    {
        { State: OutboundState.Requested } call => call.WindowStart <= abandonedBefore,
        { State: OutboundState.Unknown, UnknownSince: { } since } call when now - since
            >= lookUps.QuietPeriod =>
            call.NextLookUpAt <= now && call.WindowStart <= abandonedBefore,
        var call => call.NextLookUpAt <= now,
    };

    private bool IsWaiting(Open open)
    {
        if (waiting.TryGetValue((open.State.Id, open.Operation, open.Key), out var until)
            && until > realTime.GetUtcNow())
        {
            return true;
        }

        waiting.TryRemove((open.State.Id, open.Operation, open.Key), out _);

        return false;
    }

    private async Task ResolveAsync(
        string site, Preapproval state, OutboundOperation operation, string key, OutboundCall call,
        CancellationToken ct)
    {
        waiting[(state.Id, operation, key)] = realTime.GetUtcNow() + options.AskAgain;
        using var span = BillingTracing.Start("resolve", site, operation, key, state.Id);

        try
        {
            await (call.State is OutboundState.NotSent
                ? byOperation[operation].SendAgainAsync(site, state, key, call, ct)
                : byOperation[operation].LookUpAsync(site, state, key, call, ct));
        }
#pragma warning disable CA1031 // A call that cannot be resolved must not stop the others of its page.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // It is found again by its state.
            if (!DatabaseErrors.IsTransient(e))
            {
                NotResolved(log, e, operation, state.Id);
            }

            return;
        }

        // Where something was recorded, its own time of the next look-up counts.
        await using var session = store.QuerySession(site);

        if ((await session.LoadAsync<Preapproval>(state.Id, ct))?.Version != state.Version)
        {
            waiting.TryRemove((state.Id, operation, key), out _);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "What became of the {Operation} call of preapproval {PreapprovalId} could "
            + "not be found out; it is asked again")]
    private static partial void NotResolved(ILogger log, Exception e, OutboundOperation operation, Guid preapprovalId);

    private sealed record Open(Preapproval State, OutboundOperation Operation, string Key, OutboundCall Call);
}

using System.Runtime.CompilerServices;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Mandates;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway;
using Marten;
using Marten.Linq.MatchesSql;

namespace Billing.Api.Reconciliation;

/// <summary>
/// The steps that compare preapprovals: ours are read one by one, then those of the gateway's list that we lack are
/// reported.
/// </summary>
public sealed class PreapprovalSteps(
    IPaymentGateway gateway, IDocumentStore store, PreapprovalStreams streams, Strays strays, FindingRecorder findings,
    SiteRegister sites, GatewayOptions options, BusinessClock clock)
{
    private const int AtOnce = 20;

    public async IAsyncEnumerable<ReconciliationRun> ReadAsync(
        ReconciliationRun run, ThrottledGateway throttled, [EnumeratorCancellation] CancellationToken ct)
    {
        var ids = await NextAsync(run, ct);

        foreach (var id in ids)
        {
            if (await FoldAsync(run.Site, id, ct) is { Gateway: { } known } state)
            {
                var answer = await throttled.AskAsync(
                    () => gateway.ReadMandateAsync(run.Site, known.PreapprovalId, ct),
                    answer => answer is MandateResult.Confirmed or MandateResult.NotFound, ct);

                if (answer is null && throttled.IsAway)
                {
                    yield return run with { Unasked = run.Unasked + 1 };
                    yield break;
                }

                run = answer is null ? run with { Unasked = run.Unasked + 1 } : await CompareAsync(run, state, answer);
            }

            yield return run = run with { AfterPreapproval = id, ComparedPreapprovals = run.ComparedPreapprovals + 1 };
        }

        if (ids.Count < AtOnce)
        {
            yield return run with { Step = ReconciliationRun.Strays };
        }
    }

    // The list is bounded: what it shows and we lack is reported, what it does not show proves nothing.
    public async IAsyncEnumerable<ReconciliationRun> StraysAsync(
        ReconciliationRun run, ThrottledGateway throttled, [EnumeratorCancellation] CancellationToken ct)
    {
        var shown = await throttled.AskAsync(
            () => gateway.ListMandatesAsync(run.Site, options.ListScan, ct), list => list is not null, ct);
        run = shown is null ? run with { Unasked = run.Unasked + 1 } : await ReportAsync(run, shown, ct);

        yield return run with { Step = ReconciliationRun.Payments };
    }

    private async Task<ReconciliationRun> ReportAsync(
        ReconciliationRun run, IReadOnlyList<MandateSnapshot> shown, CancellationToken ct)
    {
        var ours = await strays.OursAsync(run.Site, shown.Select(mandate => mandate.Gateway.PreapprovalId), ct);

        foreach (var mandate in shown.Where(mandate => !ours.Contains(mandate.Gateway.PreapprovalId)))
        {
            var isNew = await strays.ReportAsync(
                run.Site, ReconciliationStray.OfPreapproval, mandate.Gateway.PreapprovalId,
                mandate.Terms.MerchantPreapprovalId,
                mandate.Gateway.StatusId, clock.GetUtcNow(), ct);
            run = isNew ? run with { Found = run.Found + 1 } : run;
        }

        return run;
    }

    private Task<ReconciliationRun> CompareAsync(ReconciliationRun run, Preapproval asked, MandateResult answer)
    {
        var shown = (answer as MandateResult.Confirmed)?.Value;
        var differences = shown is null ? [] : MandateDifferences.Between(run.Site, asked, shown);
        var agreeing = shown is null ? [] : MandateDifferences.Agreeing(run.Site, asked, shown);
        var (calendar, now) = (sites.CalendarOf(run.Site), clock.GetUtcNow());

        return findings.RecordAsync(
            run, asked.Id,
            state => PreapprovalDecider.CompareMandate(state, asked.Status, answer, differences, agreeing, run.Heal,
            calendar, now));
    }

    private async Task<Preapproval?> FoldAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await streams.FoldOpenedAsync(session, id, ct);
    }

    // Preapprovals that the gateway may have, except those that were closed before the run's period.
    private async Task<IReadOnlyList<Guid>> NextAsync(ReconciliationRun run, CancellationToken ct)
    {
        await using var session = store.QuerySession(run.Site);

        return await session.Query<Preapproval>()
            .Where(state => state.MatchesSql("d.id > ? and d.data -> 'Gateway' is not null", run.AfterPreapproval))
            .Where(state => state.ClosedAt == null || state.ClosedAt >= run.Since)
            .OrderBy(state => state.Id).Take(AtOnce).Select(state => state.Id).ToListAsync(ct);
    }
}

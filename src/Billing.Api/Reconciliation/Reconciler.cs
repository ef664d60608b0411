using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Reconciliation;

/// <summary>
/// Asks the gateway what it has and compares it with what we hold: look-ups only, with a bounded rate, resumable, one
/// node per site.
/// </summary>
/// <remarks>
/// What could not be asked is counted and asked again by the next run; nothing is concluded from it. What the gateway
/// has and we have not is reported. Only a charge of a due date is recorded: its id has the form that only we derive,
/// and the payment names our preapproval.
/// </remarks>
public sealed class Reconciler(
    PreapprovalSteps preapprovals, PaymentSteps payments, LostCharges lost, RunLog log, SiteLock locks,
    DriftOptions options, BusinessClock clock)
{
    /// <summary>What <see cref="SiteLock"/> calls it.</summary>
    public const string Work = "reconciliation";

    /// <summary>Continues a site's run until it is done, the gateway does not answer, or another node has it.</summary>
    /// <param name="report">Called with each state that is stored.</param>
    /// <returns>
    /// Null: there is none, or another node has it. Otherwise how far it is; not done when the gateway did not answer.
    /// </returns>
    public async Task<ReconciliationRun?> ContinueAsync(
        string site, Action<ReconciliationRun> report, CancellationToken ct)
    {
        await using var held = await locks.TryTakeAsync(Work, site, ct);

        return held is not null && await log.FindAsync(
            site, ct) is { IsDone: false } run ? await RunAsync(run, report, ct) : null;
    }

    /// <summary>Begins a run, or continues the one that is under way.</summary>
    /// <inheritdoc cref="ContinueAsync"/>
    public async Task<ReconciliationRun?> BeginAsync(
        ReconciliationRun run, Action<ReconciliationRun> report, CancellationToken ct)
    {
        await using var held = await locks.TryTakeAsync(Work, run.Site, ct);

        if (held is null)
        {
            return null;
        }

        var last = await log.FindAsync(run.Site, ct);

        return await RunAsync(last is { IsDone: false } ? last : await log.BeginAsync(run, last, ct), report, ct);
    }

    private async Task<ReconciliationRun?> RunAsync(
        ReconciliationRun run, Action<ReconciliationRun> report, CancellationToken ct)
    {
        var gateway = new ThrottledGateway(options);

        while (!run.IsDone && !gateway.IsAway)
        {
            await foreach (var next in StepAsync(run, gateway, ct))
            {
                var saved = await log.SaveAsync(
                    next with { Version = run.Version, FinishedAt = next.IsDone ? clock.GetUtcNow() : null }, ct);

                if (saved is null)
                {
                    return null;
                }

                run = saved;
                report(run);

                if (gateway.IsAway)
                {
                    break;
                }
            }
        }

        return run;
    }

    private IAsyncEnumerable<ReconciliationRun> StepAsync(
        ReconciliationRun run, ThrottledGateway gateway, CancellationToken ct) => run.Step switch
        {
            ReconciliationRun.Preapprovals => preapprovals.ReadAsync(run, gateway, ct),
            ReconciliationRun.Strays => preapprovals.StraysAsync(run, gateway, ct),
            ReconciliationRun.Payments => payments.PageAsync(run, gateway, ct),
            ReconciliationRun.Lost => lost.RecordAsync(run, gateway, ct),
            _ => payments.MissingAsync(run, gateway, ct),
        };
}

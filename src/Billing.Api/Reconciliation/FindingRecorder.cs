using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Reconciliation;

/// <summary>Applies a comparison to its stream by the domain's rules, and counts what was recorded.</summary>
public sealed class FindingRecorder(PreapprovalDecisions decisions)
{
    public async Task<ReconciliationRun> RecordAsync(
        ReconciliationRun run, Guid preapprovalId, Func<Preapproval, IReadOnlyList<PreapprovalEvent>> rule)
    {
        var decided = await decisions.DecideAsync(
            run.Site, preapprovalId, new EventSource(run.By), state => rule(state!), "compare");

        return run with
        {
            Found = run.Found + decided.Events.OfType<DriftFound>().Sum(found => found.Fields.Count),
            Healed = run.Healed + decided.Events.OfType<DriftHealed>().Sum(healed => healed.Fields.Count)
                + decided.Events.OfType<ChargeFoundAtGateway>().Count(),
        };
    }
}

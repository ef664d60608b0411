using Billing.Domain.Preapprovals;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace Billing.Api.Mandates;

/// <summary>The state of each preapproval, stored with its events; also the read model of subscriptions.</summary>
public partial class PreapprovalSnapshot : SingleStreamProjection<Preapproval, Guid>
{
    public override Preapproval? Evolve(Preapproval? snapshot, Guid id, IEvent e) =>
        Preapproval.FoldSnapshot(snapshot, (PreapprovalEvent)e.Data);
}

using Billing.Domain.Preapprovals;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace Billing.Api.Mandates;

/// <summary>The decision state of each preapproval, stored in the transaction of its events. It is also the read model of subscriptions.</summary>
public partial class PreapprovalSnapshot : SingleStreamProjection<Preapproval, Guid>
{
    public override Preapproval? Evolve(Preapproval? snapshot, Guid id, IEvent e) =>
        Preapproval.FoldSnapshot(snapshot, (PreapprovalEvent)e.Data);
}

using Billing.Domain.Preapprovals;
using JasperFx.Events;
using JasperFx.Events.Aggregation;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;

namespace Billing.Api.Mandates;

/// <summary>The state of each preapproval, stored with its events; also the read model of subscriptions.</summary>
public partial class PreapprovalSnapshot : SingleStreamProjection<Preapproval, Guid>
{
    /// <remarks>
    /// A snapshot that is not of the version before the events is folded anew from the stream: stored with the newest
    /// version, it would hide what it lacks.
    /// </remarks>
    public override async ValueTask<(Preapproval?, ActionType)> DetermineActionAsync(
        IQuerySession session, Preapproval? snapshot, Guid identity, IIdentitySetter<Preapproval, Guid> identitySetter,
        IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var before = events[0].Version - 1;
        var known = (snapshot?.Version ?? 0) == before
            ? snapshot
            : Fold(null, await session.Events.FetchStreamAsync(identity, before, token: cancellation));

        return (Fold(known, events), ActionType.Store);
    }

    private static Preapproval? Fold(Preapproval? snapshot, IEnumerable<IEvent> events) =>
        events.Aggregate(snapshot, (state, e) => Preapproval.FoldSnapshot(state, (PreapprovalEvent)e.Data));
}

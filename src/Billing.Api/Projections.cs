using Billing.Api.Payments;
using Billing.Api.Refunds;
using Billing.Api.Subscribing;
using Billing.Api.Subscriptions;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api;

/// <summary>Table of contents: what is stored of a preapproval, and what is written beside it in the same transaction, or afterwards from the log.</summary>
public static class Projections
{
    /// <summary>What may exist once only.</summary>
    public static IReadOnlyList<IGuard> Guards { get; } = [new Reservations()];

    /// <summary>All inline: what decides and what acknowledges must never lag behind the events.</summary>
    public static IReadOnlyList<View> Views { get; } = [new SubscriptionProjection(), new PaymentHistoryProjection(), new RefundsProjection()];

    /// <summary>From the log, some time later: what nobody decides on.</summary>
    public static IReadOnlyList<IAsyncProjection> Async { get; } = [new Feed()];

    public static EventStoreOptions Of(Sealer sealer) => new()
    {
        Catalog = new EventCatalog(StoredEvents.All.Select(stored => new EventType(stored.Name, stored.ClrType, stored.Json, stored.Sealed))),
        Aggregate = new AggregateType("preapproval", (state, @event) => Preapproval.Evolve((Preapproval?)state, (PreapprovalEvent)@event)),
        Guards = Guards,
        Views = Views,
        Sealer = sealer,
    };
}

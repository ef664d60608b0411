namespace Billing.EventStore;

/// <summary>What a store holds: its kinds of events, how they fold, what is written beside them, and the key that seals.</summary>
public sealed class EventStoreOptions
{
    public required EventCatalog Catalog { get; init; }

    public required AggregateType Aggregate { get; init; }

    public required Sealer Sealer { get; init; }

    /// <summary>Run per event in this order, in the append's transaction.</summary>
    public IReadOnlyList<IInlineProjection> Projections { get; init; } = [];
}

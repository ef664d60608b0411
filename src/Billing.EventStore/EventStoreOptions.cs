namespace Billing.EventStore;

/// <summary>What a store holds: its kinds of events, how they fold, what is written beside them, and the key that seals.</summary>
public sealed class EventStoreOptions
{
    public required EventCatalog Catalog { get; init; }

    public required AggregateType Aggregate { get; init; }

    public required Sealer Sealer { get; init; }

    /// <summary>What may exist once only; written in this order, before the views.</summary>
    public IReadOnlyList<IGuard> Guards { get; init; } = [];

    /// <summary>How many recently written streams are remembered folded, 0 or more; each takes a few kilobytes.</summary>
    public int RememberedStreams { get; init; } = 20_000;

    /// <summary>Inline projections, written in this order.</summary>
    public IReadOnlyList<View> Views { get; init; } = [];
}

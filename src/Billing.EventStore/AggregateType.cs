namespace Billing.EventStore;

/// <summary>How a stream is folded.</summary>
/// <param name="StreamType">Stored in mt_streams.type.</param>
/// <param name="Evolve">(state or null, event) to the next state; throws when the event cannot follow.</param>
public sealed record AggregateType(string StreamType, Func<object?, object, object> Evolve);

/// <summary>A folded stream.</summary>
/// <param name="Version">The version of the last event folded in.</param>
/// <param name="LastRecordedAt">When that event was recorded, on the database's clock.</param>
public sealed record Snapshot(StreamKey Key, object State, long Version, DateTimeOffset LastRecordedAt);

namespace Billing.EventStore;

/// <summary>Who and what caused an event.</summary>
/// <param name="CorrelationId">The conversation it belongs to.</param>
/// <param name="CausationId">The id of the request, message, answer or notification that caused it.</param>
/// <param name="UserName">The actor.</param>
public sealed record Metadata(string? CorrelationId = null, string? CausationId = null, string? UserName = null);

/// <summary>An event as stored.</summary>
/// <param name="Version">1 for the first event of its stream, without gaps.</param>
/// <param name="Type">The stored name; after an upcast, the current one.</param>
/// <param name="Data">The event. Sealed properties are null unless they were asked for and the stream is not forgotten.</param>
/// <param name="Timestamp">When it was recorded: the database's clock, in microseconds, never before the stream's previous event.</param>
/// <param name="State">The aggregate folded up to and including this event; set when projecting, null in plain reads.</param>
public sealed record Recorded(
    string Tenant,
    Guid StreamId,
    long Version,
    Guid EventId,
    string Type,
    object Data,
    DateTimeOffset Timestamp,
    string? CorrelationId,
    string? CausationId,
    string? UserName,
    object? State)
{
    /// <summary>Its link in the hash chain, lower-case hex. Null while it is being appended, and where another writer appended it and it is not chained yet.</summary>
    public string? Hash { get; init; }
}

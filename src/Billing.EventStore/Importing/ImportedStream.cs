namespace Billing.EventStore;

/// <summary>A stream as it is taken over from elsewhere, whole.</summary>
/// <param name="Key">Of a stream that does not exist.</param>
/// <param name="Events">In order, at least one.</param>
/// <param name="Metadata">Of all of them.</param>
public sealed record ImportedStream(StreamKey Key, IReadOnlyList<object> Events, Metadata Metadata);

/// <param name="Streams">Imported.</param>
/// <param name="Events">Imported.</param>
/// <param name="AlreadyThere">Streams that existed and were left as they are.</param>
public sealed record ImportReport(long Streams, long Events, long AlreadyThere);

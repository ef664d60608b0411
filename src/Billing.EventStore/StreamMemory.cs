namespace Billing.EventStore;

/// <summary>A stream folded so far. Nothing personal: sealed properties are null in it.</summary>
/// <param name="Hash">Of the event at that version; null at version 0.</param>
internal sealed record StreamMemory(long Version, string? Hash, DateTimeOffset LastTimestamp, object? State, IReadOnlyList<ViewFold> Views)
{
    internal static StreamMemory Nothing(IReadOnlyList<View> views) => new(0, null, DateTimeOffset.MinValue, null, [.. views.Select(view => view.Begin())]);

    /// <summary>What stands in mt_streams as long as nobody has written to the stream since.</summary>
    internal StreamHead Head => new(Version, LastTimestamp, Hash, Version);

    /// <summary>False when the stream that is there now has another past than the one remembered, as after a restore.</summary>
    internal bool Fits(StreamHead? head) => Version == 0 || (head is not null && (head.HashVersion > Version || (head.HashVersion == Version && head.Hash == Hash)));

    /// <summary>False when the first event after <see cref="Version"/> was not chained to what is remembered.</summary>
    internal bool LeadsTo(in StoredEvent next) => Version == 0 || next.Version != Version + 1 || next.Hash is null || HashChain.Hash(next, Hash) == next.Hash;
}

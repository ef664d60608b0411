namespace Billing.EventStore;

/// <summary>One stream, locked and loaded, or recalled; what is appended is written when its session commits.</summary>
public sealed class WritableStream
{
    internal WritableStream(StreamKey key, DateTimeOffset databaseNow, StreamSeal seal, StreamHead? head, StreamMemory memory)
    {
        (Key, DatabaseNow, Seal, Head, Memory) = (key, databaseNow, seal, head, memory);
        (Version, State, LastTimestamp, Views) = (memory.Version, memory.State, memory.LastTimestamp, memory.Views);
        HeadHash = head?.HashVersion > 0 ? head.Hash : null;
        LastTimestamp = head?.Timestamp > LastTimestamp ? head.Timestamp : LastTimestamp;
    }

    public StreamKey Key { get; }

    /// <summary>Of the last event, appended ones included; 0 when there is no such stream.</summary>
    public long Version { get; internal set; }

    /// <summary>Folded without personal data: sealed properties are null, also those of events just appended. Null when there is no such stream.</summary>
    public object? State { get; internal set; }

    /// <summary>The database's clock when the stream was locked and loaded, or recalled.</summary>
    public DateTimeOffset DatabaseNow { get; }

    /// <summary>True once the stream's key is destroyed: personal properties of later events are written as null.</summary>
    public bool IsForgotten => Seal.IsForgotten;

    internal StreamSeal Seal { get; }

    /// <summary>As it stood in mt_streams, or is believed to stand there; null for a stream that does not exist.</summary>
    internal StreamHead? Head { get; }

    /// <summary>Where the load began.</summary>
    internal StreamMemory Memory { get; }

    internal string? HeadHash { get; set; }

    internal DateTimeOffset LastTimestamp { get; set; }

    /// <summary>Events that another writer appended without hash and without our projections: the next commit chains and projects them.</summary>
    internal List<PendingEvent> Foreign { get; } = [];

    internal List<PendingEvent> Pending { get; } = [];

    /// <summary>Not locked, and taken for what is remembered of it: whether it is so is found out when it is written.</summary>
    internal bool IsRecalled { get; init; }

    /// <summary>What is pending stands in the tables already, and waits for the commit.</summary>
    internal bool IsWrittenAhead { get; set; }

    /// <summary>Its rows in each view of the store, in their order.</summary>
    internal IReadOnlyList<ViewFold> Views { get; }

    internal bool ForgetsAtCommit { get; set; }

    /// <summary>To be remembered once all of it stands in the tables.</summary>
    internal StreamMemory Remember()
    {
        foreach (var view in Views)
        {
            view.IsWritten();
        }

        return new StreamMemory(Version, HeadHash, LastTimestamp, State, Views);
    }

    internal bool IsChanged => Pending.Count > 0 || ForgetsAtCommit;

    /// <summary>When the next event is recorded: never before the stream's last, though the clock may step back.</summary>
    internal DateTimeOffset NextTimestamp => LastTimestamp > DatabaseNow ? LastTimestamp : DatabaseNow;
}

/// <param name="DotnetType">Null for an event that already stands in the table.</param>
internal sealed record PendingEvent(StoredEvent Stored, string? DotnetType, Recorded Recorded);

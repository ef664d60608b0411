using Npgsql;

namespace Billing.EventStore;

/// <summary>One event as a reader of the log meets it; its payload is decoded only when asked for.</summary>
public sealed class LoggedEvent
{
    /// <summary>How many columns come with every event, its cursor last.</summary>
    internal const int Columns = 15;

    private readonly StoredEvent stored;
    private readonly EventCodec codec;

    private LoggedEvent(NpgsqlDataReader row, EventCodec codec) =>
        (stored, Cursor, this.codec) = (StoredEvent.Read(row), LogCursor.Read(row, Columns - 3), codec);

    public LogCursor Cursor { get; }

    public StreamKey Stream => stored.Key;

    /// <summary>1 for the first event of its stream.</summary>
    public long Version => stored.Version;

    public Guid EventId => stored.EventId;

    /// <summary>The name as stored, before any upcast.</summary>
    public string Type => stored.Type;

    /// <summary>When it was recorded, on the database's clock.</summary>
    public DateTimeOffset Timestamp => stored.Timestamp;

    /// <summary>Where its predecessor in the stream stands, if that comes later in cursor order: the writer had its transaction id before its turn at the stream.</summary>
    internal LogCursor? Predecessor { get; private init; }

    /// <summary>The event itself; sealed properties are null.</summary>
    /// <exception cref="InvalidDataException">The row does not read as its event.</exception>
    public Recorded Read() => codec.ToRecorded(stored, seal: null);

    public override string ToString() => $"{Stream} version {Version}";

    /// <summary>Reads a row of <see cref="Sql.LogWindow"/>.</summary>
    internal static LoggedEvent FromWindow(NpgsqlDataReader row, EventCodec codec) => new(row, codec) { Predecessor = LogCursor.ReadOrNull(row, Columns) };

    /// <summary>Reads a row of <see cref="Sql.FeedPage"/>.</summary>
    internal static LoggedEvent FromFeed(NpgsqlDataReader row, EventCodec codec) => new(row, codec);
}

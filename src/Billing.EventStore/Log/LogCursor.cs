using Npgsql;
using NpgsqlTypes;

namespace Billing.EventStore;

/// <summary>A place in the log. Ordered by epoch, then transaction, then position.</summary>
/// <param name="Epoch">Counts the clusters that this history has lived in; raised after a restore into another one.</param>
/// <param name="TransactionId">The transaction that wrote the event.</param>
/// <param name="SeqId">The event's position. Handed out before the commit: alone it is no place to resume from.</param>
public readonly record struct LogCursor(int Epoch, ulong TransactionId, long SeqId) : IComparable<LogCursor>
{
    public int CompareTo(LogCursor other) => (Epoch, TransactionId, SeqId).CompareTo((other.Epoch, other.TransactionId, other.SeqId));

    internal object[] Parameters => [Epoch, Xid8(TransactionId), SeqId];

    internal static NpgsqlParameter Xid8(ulong id) => new() { NpgsqlDbType = NpgsqlDbType.Xid8, Value = id };

    internal static LogCursor Read(NpgsqlDataReader row, int column) =>
        new(row.GetInt32(column), row.GetFieldValue<ulong>(column + 1), row.GetInt64(column + 2));

    internal static LogCursor? ReadOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Read(row, column);

    public static bool operator <(LogCursor left, LogCursor right) => left.CompareTo(right) < 0;

    public static bool operator >(LogCursor left, LogCursor right) => left.CompareTo(right) > 0;

    public static bool operator <=(LogCursor left, LogCursor right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LogCursor left, LogCursor right) => left.CompareTo(right) >= 0;
}

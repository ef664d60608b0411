using System.Data.Common;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Operations;

/// <summary>One row of mt_events.</summary>
public sealed record StoredRow(
    Guid StreamId, long Version, Guid Id, string Type, DateTimeOffset Timestamp, string? CorrelationId,
    string? CausationId, string? UserName, PreapprovalEvent Event, long Sequence)
{
    public const string Columns =
        "e.stream_id, e.version, e.id, e.type, e.timestamp, e.correlation_id, e.causation_id, e.user_name, e.data, "
        + "e.seq_id";

    /// <summary>How many columns these are: what a query adds comes after them.</summary>
    public const int ColumnCount = SequenceColumn + 1;

    private const int Data = 8;
    private const int SequenceColumn = Data + 1;

    private static readonly Dictionary<string, Type> Types =
        StoredEvents.All.ToDictionary(stored => stored.Name, stored => stored.ClrType);

    /// <summary>The place of a row, also of one whose event cannot be read.</summary>
    public static (Guid StreamId, long Version) PlaceOf(DbDataReader row) => (row.GetGuid(0), row.GetInt64(1));

    /// <exception cref="InvalidDataException">The type of the event is not known.</exception>
    public static StoredRow Read(DbDataReader row, ISerializer serializer)
    {
        var type = row.GetString(3);
        var clrType = Types.GetValueOrDefault(type)
            ?? throw new InvalidDataException($"There is no event type {type}.");

        return new(
            row.GetGuid(0), row.GetInt64(1), row.GetGuid(2), type, row.GetFieldValue<DateTimeOffset>(4), Text(row, 5),
            Text(row, 6), Text(row, 7), (PreapprovalEvent)serializer.FromJson(clrType, row, Data),
            row.GetInt64(SequenceColumn));
    }

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

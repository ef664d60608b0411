using Npgsql;

namespace Billing.EventStore;

/// <summary>Reads columns of a row that has already arrived.</summary>
internal static class Rows
{
    internal static StreamKey StreamKey(this NpgsqlDataReader row, int column = 0) => new(row.GetString(column), row.GetGuid(column + 1));

    internal static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    internal static byte[] Bytes(this NpgsqlDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    internal static byte[]? BytesOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Bytes(column);

    internal static long NumberOrZero(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);

    internal static DateTimeOffset Instant(this NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);
}

using Npgsql;

namespace Billing.Messaging;

/// <summary>Positional parameters in, nullable columns out.</summary>
internal static class Rows
{
    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object?> parameters)
    {
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    /// <summary>The row is in memory already: no reading blocks.</summary>
    public static DateTimeOffset Instant(this NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    public static Guid? GuidOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

using Npgsql;
using NpgsqlTypes;

namespace Billing.EventStore;

/// <summary>A column of a view, and where its value comes from.</summary>
public abstract class ViewColumn<TRow>
{
    private protected ViewColumn(string name, string type, bool isKey) => (Name, Type, IsKey) = (name, type, isKey);

    internal string Name { get; }

    /// <summary>PostgreSQL's name of it.</summary>
    internal string Type { get; }

    internal bool IsKey { get; }

    internal abstract NpgsqlParameter Of(TRow row);

    internal abstract NpgsqlParameter ArrayOf(IReadOnlyList<TRow> rows);

    internal abstract Task CopyAsync(NpgsqlBinaryImporter copy, TRow row, CancellationToken ct);
}

internal sealed class ViewColumn<TRow, T>(string name, Func<TRow, T> value, bool isKey) : ViewColumn<TRow>(name, Kind.Name, isKey)
{
    private static readonly (string Name, NpgsqlDbType Type) Kind = KindOf(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T));

    internal override NpgsqlParameter Of(TRow row) => new() { Value = value(row) is { } known ? known : DBNull.Value, NpgsqlDbType = Kind.Type };

    internal override NpgsqlParameter ArrayOf(IReadOnlyList<TRow> rows)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        return new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | Kind.Type };
    }

    internal override Task CopyAsync(NpgsqlBinaryImporter copy, TRow row, CancellationToken ct) =>
        value(row) is { } known ? copy.WriteAsync(known, Kind.Type, ct) : copy.WriteNullAsync(ct);

    private static (string, NpgsqlDbType) KindOf(Type type) =>
        type == typeof(string) ? ("varchar", NpgsqlDbType.Varchar)
        : type == typeof(long) ? ("bigint", NpgsqlDbType.Bigint)
        : type == typeof(int) ? ("int", NpgsqlDbType.Integer)
        : type == typeof(bool) ? ("boolean", NpgsqlDbType.Boolean)
        : type == typeof(Guid) ? ("uuid", NpgsqlDbType.Uuid)
        : type == typeof(DateOnly) ? ("date", NpgsqlDbType.Date)
        : type == typeof(DateTimeOffset) ? ("timestamptz", NpgsqlDbType.TimestampTz)
        : throw new NotSupportedException($"A view has no column of {type.Name}.");
}

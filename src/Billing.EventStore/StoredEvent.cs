using Npgsql;

namespace Billing.EventStore;

/// <summary>One row of mt_events: everything that the hash covers, and the hash.</summary>
/// <param name="Data">PostgreSQL's text of the JSON, UTF-8.</param>
/// <param name="Headers">PostgreSQL's text of the headers without the hash, UTF-8.</param>
/// <param name="Hash">Lower-case hex; null where another writer appended.</param>
internal readonly record struct StoredEvent(
    StreamKey Key,
    long Version,
    Guid EventId,
    string Type,
    byte[] Data,
    DateTimeOffset Timestamp,
    string? CorrelationId,
    string? CausationId,
    string? UserName,
    byte[] Headers,
    string? Hash)
{
    /// <summary>Reads a row of <see cref="Sql.FoldOfStream"/>: the rest is missing.</summary>
    internal static StoredEvent ReadToFold(NpgsqlDataReader row, StreamKey key) =>
        new(key, row.GetInt64(0), default, row.GetString(1), row.Bytes(2), row.Instant(3), null, null, null, HashChain.NoHeaders, null);

    internal static StoredEvent Read(NpgsqlDataReader row) => Read(row, row.StreamKey());

    /// <summary>The same, where the key is known.</summary>
    internal static StoredEvent Read(NpgsqlDataReader row, StreamKey key) => new(
        key,
        row.GetInt64(2),
        row.GetGuid(3),
        row.GetString(4),
        row.Bytes(5),
        row.Instant(6),
        row.TextOrNull(7),
        row.TextOrNull(8),
        row.TextOrNull(9),
        row.Bytes(10),
        row.TextOrNull(11));
}

namespace Billing.Audit.Transparency;

/// <summary>The leaf of the transparency log for one event.</summary>
/// <remarks>
/// <para>
/// The entry is the version byte 1, then these fields in this order: tenant, stream, version, event id, type, recorded
/// time as microseconds since 1970, correlation, causation, user, headers, data. A field is its length in bytes (four
/// bytes, big-endian) and its text in UTF-8; numbers are decimal text, and null is the length -1. JSON is the text that
/// PostgreSQL prints for jsonb. The leaf hash is SHA-256 over a zero byte and the entry (RFC 6962).
/// </para>
/// <para>Vectors are in <c>docs/vectors/log-leaf.json</c>. A change of any of this needs a new version byte.</para>
/// </remarks>
public static class LogLeaf
{
    private static readonly string[] Fields =
    [
        "tenant_id", "stream_id::text", "version::text", "id::text", "type",
        "(extract(epoch from timestamp) * 1000000)::bigint::text", "correlation_id", "causation_id", "user_name",
        "headers::text", "data::text",
    ];

    /// <summary>An SQL expression: the leaf hash of a row of mt_events that is in scope without an alias.</summary>
    /// <remarks>
    /// Not a function in the database: one who changes events there could change the function too. <c>offset 0</c>
    /// keeps PostgreSQL from printing each field twice, once for its length.
    /// </remarks>
    public static string Sql { get; } =
        $@"(select sha256('\x0001'::bytea || {string.Join(" || ", Fields.Select((_, index) => Bytes($"f{index}")))}) "
        + $"from (select {string.Join(", ", Fields.Select((field, index) => $"{field} as f{index}"))} offset 0) f)";

    private static string Bytes(string text) =>
        $"coalesce(int4send(octet_length({text})) || convert_to({text}, 'UTF8'), int4send(-1))";
}

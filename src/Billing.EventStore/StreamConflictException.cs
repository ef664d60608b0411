using Npgsql;

namespace Billing.EventStore;

/// <summary>Somebody else wrote this version, or created this stream, first. Load again and decide again.</summary>
public sealed class StreamConflictException(string message, Exception? inner = null) : Exception(message, inner)
{
    internal static bool Caused(PostgresException error) =>
        error is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pk_mt_events_stream_and_version" or "pkey_mt_streams_tenant_id_id" };
}

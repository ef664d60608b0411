namespace Billing.EventStore;

internal static partial class Sql
{
    internal const string CopyEvents =
        """
        copy mt_events (id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, user_name, headers)
        from stdin (format binary)
        """;

    internal const string CopyStreams =
        "copy mt_streams (tenant_id, id, type, version, timestamp, created, head_hash, head_hash_version) from stdin (format binary)";

    internal const string CopyStreamKeys = "copy stream_keys (tenant_id, stream_id, wrapped_key, created_at) from stdin (format binary)";
}

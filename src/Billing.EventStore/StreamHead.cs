using Npgsql;

namespace Billing.EventStore;

/// <summary>One row of mt_streams.</summary>
/// <param name="Hash">Lower-case hex of the last chained event.</param>
/// <param name="HashVersion">0 when none is chained.</param>
internal sealed record StreamHead(long Version, DateTimeOffset Timestamp, string? Hash, long HashVersion)
{
    /// <summary>Reads rows of (tenant_id, id, version, timestamp, head_hash, head_hash_version).</summary>
    internal static async Task<Dictionary<StreamKey, StreamHead>> ReadAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var heads = new Dictionary<StreamKey, StreamHead>();
        while (await rows.ReadAsync(ct))
        {
            var hash = rows.BytesOrNull(4) is { } bytes ? Convert.ToHexStringLower(bytes) : null;
            heads.Add(rows.StreamKey(), new StreamHead(rows.NumberOrZero(2), rows.Instant(3), hash, rows.NumberOrZero(5)));
        }

        return heads;
    }
}

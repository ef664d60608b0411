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
            heads.Add(rows.StreamKey(), Read(rows, 0));
        }

        return heads;
    }

    /// <param name="rows">At a row.</param>
    /// <param name="first">Where its tenant_id stands.</param>
    internal static StreamHead Read(NpgsqlDataReader rows, int first)
    {
        var hash = rows.BytesOrNull(first + 4) is { } bytes ? Convert.ToHexStringLower(bytes) : null;
        return new StreamHead(rows.NumberOrZero(first + 2), rows.Instant(first + 3), hash, rows.NumberOrZero(first + 5));
    }
}

using Npgsql;

namespace Billing.EventStore;

/// <summary>One row of mt_streams.</summary>
/// <param name="Hash">Lower-case hex of the last chained event.</param>
/// <param name="HashVersion">0 when none is chained.</param>
/// <param name="IsArchived">Not told among events.</param>
internal sealed record StreamHead(long Version, DateTimeOffset Timestamp, string? Hash, long HashVersion, bool IsArchived = false)
{
    /// <summary>Reads rows of <see cref="Sql.LockStreams"/> or <see cref="Sql.HeadsOfStreams"/>.</summary>
    internal static async Task<Dictionary<StreamKey, StreamHead>> ReadAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var heads = new Dictionary<StreamKey, StreamHead>();
        while (await rows.ReadAsync(ct))
        {
            heads.Add(rows.StreamKey(), Read(rows, version: 2, timestamp: 3, hash: 4) with { IsArchived = !rows.IsDBNull(6) && rows.GetBoolean(6) });
        }

        return heads;
    }

    /// <summary>Reads a row of <see cref="Sql.Streams"/> that is a stream's.</summary>
    internal static StreamHead ReadAmongEvents(NpgsqlDataReader rows) => Read(rows, version: 2, timestamp: 6, hash: 12);

    private static StreamHead Read(NpgsqlDataReader rows, int version, int timestamp, int hash) => new(
        rows.NumberOrZero(version), rows.Instant(timestamp), rows.BytesOrNull(hash) is { } bytes ? Convert.ToHexStringLower(bytes) : null, rows.NumberOrZero(hash + 1));
}

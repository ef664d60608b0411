using Npgsql;

namespace Billing.EventStore;

/// <summary>What could be seen of the log at one moment: exactly, whatever is still being written by others, however long it takes them.</summary>
/// <param name="Epoch">Transaction ids of another epoch are not comparable.</param>
/// <param name="Transactions">PostgreSQL's text of a pg_snapshot.</param>
internal sealed record LogSnapshot(int Epoch, string Transactions)
{
    internal static async Task<LogSnapshot> TakeAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.TakeSnapshot);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.ReadAsync(ct);
        return new LogSnapshot(rows.GetInt32(0), rows.GetString(1));
    }

    /// <returns>The streams that have events now which could not be seen then, in key order.</returns>
    internal async Task<List<StreamKey>> ChangedSinceAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var keys = new List<StreamKey>();
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.ChangedStreams, Epoch, Transactions);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            keys.Add(rows.StreamKey());
        }

        return keys;
    }
}

using System.Runtime.CompilerServices;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Reads events beside the keys of their streams: a batch of <see cref="Sql.StreamKeys"/> and one that selects events.</summary>
internal static class SealedEvents
{
    internal static async IAsyncEnumerable<(StoredEvent Stored, StreamSeal Seal)> ReadAsync(NpgsqlBatch batch, Sealer sealer, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var seals = new Dictionary<StreamKey, StreamSeal>();
        while (await rows.ReadAsync(ct))
        {
            seals[rows.StreamKey()] = StreamSeal.Read(rows, sealer);
        }

        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var stored = StoredEvent.Read(rows);
            yield return (stored, seals[stored.Key]);
        }
    }
}

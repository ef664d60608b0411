using Npgsql;

namespace Billing.EventStore;

/// <summary>The sequencer of the public feed: gives every event a position, dense from 1, in an order that keeps each stream's.</summary>
/// <remarks>An async projection like any other: the fence lets one write at a time, and position and checkpoint commit together.</remarks>
public sealed class Feed : IAsyncProjection
{
    public string Name => "event_feed";

    /// <summary>None: somebody outside remembers a position.</summary>
    public IReadOnlyList<string> Tables => [];

    public async Task ApplyAsync(IReadOnlyList<LoggedEvent> events, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.AppendToFeed, events.Select(e => e.Cursor.SeqId).ToArray());
        await batch.ExecuteNonQueryAsync(ct);
    }
}

using Npgsql;

namespace Billing.EventStore;

/// <summary>A stretch of streams in the database's order: after one key, up to and including another. Nothing in between can be overlooked, not even rows without a stream.</summary>
/// <param name="After">Null: from the first.</param>
/// <param name="UpTo">Null: to the end.</param>
internal readonly record struct StreamRange(StreamKey? After, StreamKey? UpTo)
{
    internal object?[] Parameters => [After?.Tenant, After?.Id, UpTo?.Tenant, UpTo?.Id];

    internal static async Task<StreamRange> NextAsync(NpgsqlConnection connection, StreamKey? after, int streams, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.NextBound, after?.Tenant, after?.Id, streams);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        return new StreamRange(after, await rows.ReadAsync(ct) ? rows.StreamKey() : null);
    }

    internal static async Task<long> CountStreamsAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Sql.CountStreams);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}

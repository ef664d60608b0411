using Billing.Api.Hosting;
using Billing.Audit.Transparency;
using Npgsql;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>Writes checkpoints: the size of the log and the root of the Merkle tree over its entries.</summary>
/// <remarks>Continues from the frontier of the last one, so that only new entries are read.</remarks>
public sealed class LogCheckpoints(NpgsqlDataSource dataSource, Database database)
{
    /// <summary>Writes one over all entries that there are, unless the last one covers them.</summary>
    /// <returns>How many entries it adds to the last one.</returns>
    /// <exception cref="InvalidDataException">A position is missing: entries were removed.</exception>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var tree = await LastAsync(ct);
        var before = tree.Size;
        await AppendNewAsync(tree, ct);

        if (tree.Size > before)
        {
            await WriteAsync(tree, ct);
        }

        return (int)Math.Min(tree.Size - before, int.MaxValue);
    }

    private async Task<MerkleTree> LastAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select size, frontier from {database.Schema}.{LogTables.Checkpoints} order by size desc limit 1");
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? new(row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : new();
    }

    private async Task AppendNewAsync(MerkleTree tree, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select position, leaf_hash from {database.Schema}.{LogTables.Entries}
            where position > $1 order by position
            """);
        command.With(tree.Size);
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            if (row.GetInt64(0) != tree.Size + 1)
            {
                throw new InvalidDataException($"The log has no entry {tree.Size + 1}: run billing audit verify.");
            }

            tree.Append(row.GetFieldValue<byte[]>(1));
        }
    }

    private async Task WriteAsync(MerkleTree tree, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            insert into {database.Schema}.{LogTables.Checkpoints} (size, root_hash, frontier, created_at)
            values ($1, $2, $3, clock_timestamp()) on conflict do nothing
            """);
        command.With(tree.Size, tree.Root, tree.Frontier);
        await command.ExecuteNonQueryAsync(ct);
    }
}

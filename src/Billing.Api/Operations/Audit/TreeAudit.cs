using Billing.Api.Hosting;
using Billing.Api.Operations.TransparencyLog;
using Billing.Audit.Transparency;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>Computes the Merkle tree again from all log entries, and compares it with every checkpoint.</summary>
/// <remarks>
/// It reads ranges, each in a statement of its own: Marten's high-water mark may have to wait for a long statement.
/// </remarks>
public sealed class TreeAudit(NpgsqlDataSource dataSource, Database database)
{
    private const int EntriesAtOnce = 50_000;

    public async Task<IReadOnlyList<AuditDifference>> VerifyAsync(CancellationToken ct)
    {
        // Read first: the entries of a checkpoint are there when it is.
        var largest = await LargestCheckpointAsync(ct);
        var tree = new MerkleTree();

        for (var before = -1L; before < tree.Size;)
        {
            before = tree.Size;

            if (await AppendRangeAsync(tree, ct) is { } difference)
            {
                return [difference];
            }
        }

        return tree.Size >= largest
            ? []
            : [AuditDifference.OfLog($"The log ends at {tree.Size}, and a checkpoint has {largest}.")];
    }

    private async Task<AuditDifference?> AppendRangeAsync(MerkleTree tree, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select position, leaf_hash, root_hash
            from (
                select position, leaf_hash from {database.Schema}.{LogTables.Entries}
                where position > $1 order by position limit {EntriesAtOnce}) entries
            left join {database.Schema}.{LogTables.Checkpoints} on size = position
            order by position
            """);
        command.With(tree.Size);
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            if (row.GetInt64(0) != tree.Size + 1)
            {
                return AuditDifference.OfLog($"Log entry {tree.Size + 1} is missing: later ones are there.");
            }

            tree.Append(row.GetFieldValue<byte[]>(1));

            if (!row.IsDBNull(2) && !row.GetFieldValue<byte[]>(2).AsSpan().SequenceEqual(tree.Root))
            {
                // Every later checkpoint differs as well.
                return AuditDifference.OfLog($"The checkpoint of size {tree.Size} is not the root of its entries.");
            }
        }

        return null;
    }

    private async Task<long> LargestCheckpointAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select coalesce(max(size), 0) from {database.Schema}.{LogTables.Checkpoints}");

        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}

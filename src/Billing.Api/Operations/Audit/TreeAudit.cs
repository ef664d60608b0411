using Billing.Api.Hosting;
using Billing.Api.Operations.TransparencyLog;
using Billing.Audit.Transparency;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>Computes the Merkle tree again from all log entries, and compares it with every checkpoint.</summary>
public sealed class TreeAudit(NpgsqlDataSource dataSource, Database database)
{
    public async Task<IReadOnlyList<AuditDifference>> VerifyAsync(CancellationToken ct)
    {
        // Read first: the entries of a checkpoint are there when it is.
        var checkpoints = await CheckpointsAsync(ct);
        var tree = new MerkleTree();
        await using var command = dataSource.CreateCommand(
            $"select position, leaf_hash from {database.Schema}.{LogTables.Entries} order by position");
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            if (row.GetInt64(0) != tree.Size + 1)
            {
                return [AuditDifference.OfLog($"Log entry {tree.Size + 1} is missing: later ones are there.")];
            }

            tree.Append(row.GetFieldValue<byte[]>(1));

            if (checkpoints.Remove(tree.Size, out var root) && !root.AsSpan().SequenceEqual(tree.Root))
            {
                // Every later checkpoint differs as well.
                return [AuditDifference.OfLog($"The checkpoint of size {tree.Size} is not the root of its entries.")];
            }
        }

        return checkpoints.Count == 0
            ? []
            : [AuditDifference.OfLog($"The log ends at {tree.Size}, and a checkpoint has {checkpoints.Keys.Max()}.")];
    }

    private async Task<Dictionary<long, byte[]>> CheckpointsAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select size, root_hash from {database.Schema}.{LogTables.Checkpoints}");
        var found = new Dictionary<long, byte[]>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            found.Add(row.GetInt64(0), row.GetFieldValue<byte[]>(1));
        }

        return found;
    }
}

using System.Diagnostics;
using Npgsql;

namespace Billing.EventStore;

/// <summary>What became of a commit whose answer never came: asked of the events, which are there or not.</summary>
/// <remarks>Not of the transaction's number: after a crash PostgreSQL hands out again those that it had not written down, and somebody else's commit would pass for ours.</remarks>
internal sealed class CommitOutcome(NpgsqlDataSource source)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // A backend that still waits for a client that is gone would keep its locks, and us, until its time-out: it is ended, which decides the matter.
    private const string IsRunning =
        """
        select count(*), count(*) filter (where pid = $2 and state like 'idle in transaction%' and pg_terminate_backend(pid))
        from pg_stat_activity where backend_xid = $1::xid
        """;

    private const string IsThere = "select exists (select from mt_events where tenant_id = $1 and stream_id = $2 and version = $3 and id = $4)";

    /// <summary>True when an error does not say whether the commit happened: the connection broke, or the server went down.</summary>
    internal static bool IsOpenAfter(NpgsqlException error) =>
        error is not PostgresException { SqlState: var state } || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal);

    /// <param name="transactionId">PostgreSQL's number of the transaction: while one of that number runs, nothing is decided.</param>
    /// <param name="processId">The backend that had it.</param>
    /// <param name="written">One event that the commit was to write.</param>
    /// <exception cref="NpgsqlException">PostgreSQL could not be asked for a long time: still open.</exception>
    /// <exception cref="TimeoutException">The transaction ran on for a long time: still open.</exception>
    internal async Task<bool> IsCommittedAsync(ulong transactionId, int processId, StoredEvent written)
    {
        var waited = Stopwatch.StartNew();
        for (var pause = 10.0; ; pause = Math.Min(1000, pause * 2))
        {
            try
            {
                // Two statements in this order: what ended before the first is seen by the second.
                if (!await IsRunningAsync(transactionId, processId))
                {
                    return await IsThereAsync(written);
                }

                if (waited.Elapsed > Patience)
                {
                    throw new TimeoutException($"Transaction {transactionId} runs on: whether it will commit is not known.");
                }
            }
            catch (NpgsqlException error) when (waited.Elapsed < Patience && (error is not PostgresException || IsOpenAfter(error)))
            {
                // Down or starting: asked again.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(pause));
        }
    }

    private async Task<bool> IsRunningAsync(ulong transactionId, int processId)
    {
        await using var command = source.CreateCommand(IsRunning);
        command.Parameters.Add(new NpgsqlParameter { Value = transactionId, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 });
        command.Parameters.Add(new NpgsqlParameter { Value = processId });
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }

    private async Task<bool> IsThereAsync(StoredEvent written)
    {
        await using var batch = source.CreateBatch();
        batch.Add(IsThere, written.Key.Tenant, written.Key.Id, written.Version, written.EventId);
        return (bool)(await batch.ExecuteScalarAsync())!;
    }
}

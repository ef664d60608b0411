using System.Diagnostics;
using Npgsql;

namespace Billing.EventStore;

/// <summary>What became of a commit whose answer never came.</summary>
/// <remarks>PostgreSQL keeps the fate of each transaction by its number, also over a crash: pg_xact_status, section 9.26 of its manual.</remarks>
internal sealed class CommitOutcome(NpgsqlDataSource source)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // A backend that still waits for a client that is gone would keep its locks, and us, until its time-out: it is ended, which decides the matter.
    private const string Ask =
        """
        select pg_xact_status($1), (select bool_or(pg_terminate_backend(pid)) from pg_stat_activity where backend_xid = $1::xid and state like 'idle in transaction%')
        """;

    /// <summary>True when an error does not say whether the commit happened: the connection broke, or the server went down.</summary>
    internal static bool IsOpenAfter(NpgsqlException error) =>
        error is not PostgresException { SqlState: var state } || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal);

    /// <exception cref="NpgsqlException">PostgreSQL could not be asked for a long time: still open.</exception>
    /// <exception cref="InvalidOperationException">PostgreSQL no longer knows: still open.</exception>
    internal async Task<bool> IsCommittedAsync(ulong transactionId)
    {
        var waited = Stopwatch.StartNew();
        for (var pause = TimeSpan.FromMilliseconds(10); ; pause = TimeSpan.FromMilliseconds(Math.Min(1000, pause.TotalMilliseconds * 2)))
        {
            try
            {
                switch (await StatusAsync(transactionId))
                {
                    case "committed": return true;
                    case "aborted": return false;
                    case "in progress" when waited.Elapsed < Patience: break;
                    case var other: throw new InvalidOperationException($"Transaction {transactionId} is {other ?? "forgotten"}: whether it was committed is not known.");
                }
            }
            catch (NpgsqlException) when (waited.Elapsed < Patience)
            {
                // Down or starting: asked again.
            }

            await Task.Delay(pause);
        }
    }

    private async Task<string?> StatusAsync(ulong transactionId)
    {
        await using var command = source.CreateCommand(Ask);
        command.Parameters.Add(new NpgsqlParameter { Value = transactionId, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 });
        return (string?)await command.ExecuteScalarAsync();
    }
}

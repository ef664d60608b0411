using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>Looks for events that appeared behind the end of the log, and appends them as late.</summary>
/// <remarks><c>billing audit verify</c> checks all history, this check the newest million sequence numbers.</remarks>
public sealed class LateEntryCheck(NpgsqlDataSource dataSource, Database database, LogWriter log)
{
    // A read of two indexes: about a third of a second.
    private const long NewestSequences = 1_000_000;

    /// <returns>How many were found.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select coalesce(max(seq_id), 0) from {database.Schema}.{LogTables.Entries}");
        var last = (long)(await command.ExecuteScalarAsync(ct))!;

        return await log.AppendLateAsync(last - NewestSequences, last, ct);
    }
}

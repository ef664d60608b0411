using Billing.Api.Hosting;
using Billing.Audit.Transparency;
using Npgsql;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>Appends entries to the transparency log. The only code that does.</summary>
/// <remarks>
/// Positions are dense. One transaction appends at a time, on all nodes; unique indexes on position and sequence number
/// would refuse a second writer.
/// </remarks>
public sealed partial class LogWriter(NpgsqlDataSource dataSource, Database database, ILogger<LogWriter> log)
{
    private const int MostAtOnce = 5_000;

    // One error line each; of more their number.
    private const int MostNamed = 20;

    private readonly string entries = $"{database.Schema}.{LogTables.Entries}";
    private readonly string events = $"{database.Schema}.mt_events";

    /// <summary>Appends the events after the last entry, in the order of their sequence numbers.</summary>
    /// <remarks>In short commits: after a stop of days there are many.</remarks>
    /// <param name="ceiling">The last sequence number; all events up to it must be committed.</param>
    public async Task AppendAsync(long ceiling, CancellationToken ct)
    {
        while (await AppendPageAsync(ceiling, ct) == MostAtOnce)
        {
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Appends events behind the end of the log that have no entry, and raises the alarm.</summary>
    /// <param name="after">Sequence number, not included.</param>
    /// <param name="upTo">Sequence number, included.</param>
    /// <returns>How many were appended.</returns>
    public async Task<int> AppendLateAsync(long after, long upTo, CancellationToken ct)
    {
        var (late, count) = (new List<LateEntry>(), 0);

        while (await UnloggedAsync(after, upTo, ct) is { Length: > 0 } unlogged)
        {
            var appended = await AppendLateAsync(unlogged, ct);
            late.AddRange(appended.Take(MostNamed - late.Count));
            count += appended.Count;
            after = unlogged[^1];
        }

        foreach (var one in late)
        {
            AppendedLate(log, one.Position, one.Site, one.StreamId, one.Version, one.EventId);
        }

        if (count > late.Count)
        {
            AppendedMoreLate(log, count - late.Count);
        }

        return count;
    }

    private async Task<int> AppendPageAsync(long ceiling, CancellationToken ct)
    {
        await using var batch = Locked(
            $"""
            with last as (
                select coalesce(max(position), 0) as position, coalesce(max(seq_id), 0) as seq_id from {entries})
            insert into {entries} (position, seq_id, leaf_hash, logged_at, late)
            select (select position from last) + row_number() over (order by seq_id), seq_id, {LogLeaf.Sql},
                clock_timestamp(), false
            from (
                select * from {events}
                where seq_id > (select seq_id from last) and seq_id <= $1 and type <> 'tombstone'
                order by seq_id limit {MostAtOnce}) page
            """,
            ceiling);

        // The first command is the lock's.
        await batch.ExecuteNonQueryAsync(ct);

        return batch.BatchCommands[1].RecordsAffected;
    }

    // The index alone shows what is missing; the few rows found are read to leave out tombstones.
    private async Task<long[]> UnloggedAsync(long after, long upTo, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with missing as materialized (
                select seq_id from {events} e
                where seq_id > $1 and seq_id <= least($2, (select max(seq_id) from {entries}))
                    and not exists (select from {entries} l where l.seq_id = e.seq_id))
            select coalesce(array_agg(seq_id order by seq_id), array[]::bigint[]) from (
                select seq_id from missing join {events} e using (seq_id)
                where e.type <> 'tombstone' order by seq_id limit {MostAtOnce}) found
            """);
        command.With(after, upTo);

        return (long[])(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<LateEntry>> AppendLateAsync(long[] sequences, CancellationToken ct)
    {
        await using var batch = Locked(
            $"""
            with added as (
                insert into {entries} (position, seq_id, leaf_hash, logged_at, late)
                select (select max(position) from {entries}) + row_number() over (order by seq_id), seq_id,
                    {LogLeaf.Sql}, clock_timestamp(), true
                from {events} e
                where seq_id = any ($1) and not exists (select from {entries} l where l.seq_id = e.seq_id)
                returning position, seq_id)
            select position, tenant_id, stream_id, version, id from added join {events} using (seq_id) order by position
            """,
            sequences);
        var added = new List<LateEntry>();
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.NextResultAsync(ct);

        while (await row.ReadAsync(ct))
        {
            added.Add(new(row.GetInt64(0), row.GetString(1), row.GetGuid(2), row.GetInt64(3), row.GetGuid(4)));
        }

        return added;
    }

    // One transaction: the second statement sees what the holder of the lock before has committed.
    private NpgsqlBatch Locked(string sql, object parameter)
    {
        var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(
            new("select pg_advisory_xact_lock(hashtextextended($1, 0))")
            {
                Parameters = { new() { Value = entries } },
            });
        batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = parameter } } });

        return batch;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Late log entry {Position}: event {EventId} (stream {Site}/{Stream} version {Version}) was not there "
            + "when later events were logged. Find out who wrote it.")]
    private static partial void AppendedLate(
        ILogger log, long position, string site, Guid stream, long version, Guid eventId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Count} more late log entries were appended; `billing audit verify` names them")]
    private static partial void AppendedMoreLate(ILogger log, int count);
}

/// <summary>An event that appeared after later ones had been logged.</summary>
public sealed record LateEntry(long Position, string Site, Guid StreamId, long Version, Guid EventId);

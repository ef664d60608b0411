using System.Diagnostics;
using System.Runtime.CompilerServices;
using Billing.Api.Hosting;
using Billing.Api.Operations.TransparencyLog;
using Billing.Audit.Transparency;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>Compares the events with the transparency log, range by range, while the service works.</summary>
/// <remarks>PostgreSQL computes and compares the leaf hashes; only differences leave it.</remarks>
public sealed class LogAudit(NpgsqlDataSource dataSource, Database database, LogWriter log)
{
    private const int EntriesAtOnce = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly int Workers = Math.Max(2, Environment.ProcessorCount);

    private readonly string entries = $"{database.Schema}.{LogTables.Entries}";
    private readonly string events = $"{database.Schema}.mt_events";

    /// <summary>Waits until the log has the last event that there is now, for 30 s at most.</summary>
    /// <returns>Null; a sentence when the log is still behind.</returns>
    public async Task<string?> CatchUpAsync(CancellationToken ct)
    {
        var mark = await SequenceAsync(
            events, $"type <> 'tombstone' and seq_id <= (select last_value from {events}_sequence)", ct);
        var watch = Stopwatch.StartNew();

        while (await SequenceAsync(entries, "true", ct) < mark)
        {
            if (watch.Elapsed > Patience)
            {
                return await BehindAsync(ct);
            }

            await Task.Delay(Pause, ct);
        }

        return null;
    }

    /// <param name="progress">Reported after each range.</param>
    public async Task<IReadOnlyList<AuditDifference>> VerifyAsync(
        IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var total = (await LogStatus.AskAsync(dataSource, database, ct)).Position;
        var (found, done) = (new List<AuditDifference>(), 0L);
        await Parallel.ForEachAsync(
            RangesAsync(ct),
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = ct },
            async (range, token) =>
            {
                var differences = await VerifyAsync(range, token);

                lock (found)
                {
                    found.AddRange(differences);
                    done += range.Entries;
                    progress?.Report(new AuditProgress(done, done, total));
                }
            });

        return [.. await OutOfSequenceAsync(ct), .. found];
    }

    // The database gives sequence numbers from 1 on: no event of the service can have another one.
    private async Task<IReadOnlyList<AuditDifference>> OutOfSequenceAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select tenant_id, stream_id, version, id, seq_id from {events}
            where (seq_id < 1 or seq_id > (select last_value from {events}_sequence)) and type <> 'tombstone'
            order by seq_id limit {EntriesAtOnce}
            """);
        var found = new List<AuditDifference>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            found.Add(new(
                row.GetString(0), row.GetGuid(1), row.GetInt64(2),
                $"Event {row.GetGuid(3)} has the sequence number {row.GetInt64(4)}, "
                    + "which the database has not given."));
        }

        return found;
    }

    private async Task<IReadOnlyList<AuditDifference>> VerifyAsync(SequenceRange range, CancellationToken ct)
    {
        await log.AppendLateAsync(range.After, range.UpTo, ct);
        await using var command = dataSource.CreateCommand(
            $"""
            select l.position, l.seq_id, l.late, e.tenant_id, e.stream_id, e.version, e.id, e.leaf_hash = l.leaf_hash
            from (select position, seq_id, leaf_hash, late from {entries} where seq_id > $1 and seq_id <= $2) l
            left join (
                select seq_id, tenant_id, stream_id, version, id, {LogLeaf.Sql} as leaf_hash from {events}
                where seq_id > $1 and seq_id <= $2 and type <> 'tombstone') e on e.seq_id = l.seq_id
            where e.leaf_hash is distinct from l.leaf_hash or l.late order by l.seq_id
            """);
        command.With(range.After, range.UpTo);
        var differences = new List<AuditDifference>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            differences.AddRange(Of(row));
        }

        return differences;
    }

    private static IEnumerable<AuditDifference> Of(NpgsqlDataReader row)
    {
        var (position, sequence) = (row.GetInt64(0), row.GetInt64(1));

        if (row.IsDBNull(3))
        {
            yield return AuditDifference.OfLog(
                $"The event of log entry {position} is missing (sequence number {sequence}).");
            yield break;
        }

        var (site, stream, version, id) = (row.GetString(3), row.GetGuid(4), row.GetInt64(5), row.GetGuid(6));

        if (!row.GetBoolean(7))
        {
            yield return new(site, stream, version, $"Event {id} was changed: it is not that of log entry {position}.");
        }

        if (row.GetBoolean(2))
        {
            yield return new(site, stream, version, $"Event {id} appeared late: it is log entry {position}.");
        }
    }

    // Also the space before the first entry and between them, so that events without an entry are met.
    private async IAsyncEnumerable<SequenceRange> RangesAsync(
        [EnumeratorCancellation] CancellationToken ct)
    {
        var last = await SequenceAsync(entries, "true", ct);

        for (var after = long.MinValue; after < last;)
        {
            await using var command = dataSource.CreateCommand(
                $"""
                select coalesce(max(seq_id), $2), count(*) from (
                    select seq_id from {entries} where seq_id > $1 and seq_id <= $2
                    order by seq_id limit {EntriesAtOnce}) range
                """);
            command.With(after, last);
            await using var row = await command.ExecuteReaderAsync(ct);
            await row.ReadAsync(ct);
            var range = new SequenceRange(after, row.GetInt64(0), row.GetInt64(1));

            yield return range;
            after = range.UpTo;
        }
    }

    private async Task<long> SequenceAsync(string table, string condition, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select coalesce((select seq_id from {table} where {condition} order by seq_id desc limit 1), 0)");

        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<string> BehindAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select count(*) from {events}
            where seq_id > coalesce((select max(seq_id) from {entries}), 0) and type <> 'tombstone'
            """);

        return $"The log is {await command.ExecuteScalarAsync(ct)} events behind: they were not compared with it. "
            + "Does a node run with Jobs__Enabled?";
    }

    private sealed record SequenceRange(long After, long UpTo, long Entries);
}

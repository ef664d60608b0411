using System.Diagnostics;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Writes a view again from the events while others read and append, at full speed and with bounded memory.</summary>
/// <remarks>
/// The rows are built in a table aside, chunk by chunk of streams, each chunk committed. What was appended meanwhile is folded again in rounds, without a
/// lock; then, under a lock that all wait for but nobody long, what the last round did not see, and the table takes the view's place. Until then everybody
/// reads and writes the old one. Killed at any moment, the view stands as it was; the next rebuild drops what was left.
/// </remarks>
public sealed class Rebuilder(EventStore store)
{
    private const int MostRounds = 10;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestLockTimeout = TimeSpan.FromSeconds(2);

    // What is done once more under the lock.
    private static readonly TimeSpan ShortRound = TimeSpan.FromMilliseconds(250);

    internal int StreamsPerChunk { get; init; } = 500;

    /// <summary>How long readers and writers may have to queue behind a swap that does not get its lock; each further attempt waits a little longer, up to 2 s.</summary>
    internal TimeSpan LockTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a swap is tried.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <returns>How many events were read, those that were appended meanwhile included.</returns>
    /// <exception cref="ArgumentException">There is no such view; a guard cannot be rebuilt.</exception>
    /// <exception cref="RebuildException">It is being rebuilt already, was altered meanwhile, holds what a rebuild would lose, or was never free for the swap.</exception>
    /// <exception cref="PostgresException">The view refuses what the events say.</exception>
    public async Task<long> RebuildAsync(string projectionName, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var view = store.Options.Views.SingleOrDefault(v => v.Name == projectionName)
            ?? throw new ArgumentException($"There is no view {projectionName} to rebuild.", nameof(projectionName));

        await using var table = await BuildTable.CreateAsync(store.DataSource, view, ct);
        var seen = await LogSnapshot.TakeAsync(table.Connection, ct);
        var events = await FillAsync(table, view, progress, ct);
        await table.AddIndexesAsync(store.DataSource, ct);

        var patience = Stopwatch.StartNew();
        for (var wait = LockTimeout; patience.Elapsed < Patience; wait = wait * 1.5 < LongestLockTimeout ? wait * 1.5 : LongestLockTimeout)
        {
            (seen, var more) = await CatchUpAsync(table, view, seen, ct);
            events += more;
            if (await table.TrySwapAsync(wait, async () => events += await CatchUpUnderLockAsync(table, view, seen, ct), ct))
            {
                return events;
            }

            await Task.Delay(BetweenAttempts, ct);
        }

        throw new RebuildException($"The view {view.Name} was not free for {Patience.TotalSeconds:0} s: {await table.HoldersAsync(ct)}. It stands as before.");
    }

    private async Task<long> FillAsync(BuildTable table, View view, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var done = new AuditProgress(0, 0, await StreamSet.CountStreamsAsync(store.DataSource, ct));
        var adding = new Lock();
        var workers = new ParallelOptions { MaxDegreeOfParallelism = StreamSet.Workers, CancellationToken = ct };
        await Parallel.ForEachAsync(StreamPart.All, workers, async (part, ct) =>
        {
            await using var reading = await store.DataSource.OpenConnectionAsync(ct);
            await using var snapshot = await reading.BeginTransactionAsync(ct);
            await using var writing = await store.DataSource.OpenConnectionAsync(ct);
            await using var read = new NpgsqlBatch(reading) { Timeout = 0 };
            read.Add(Sql.SortInMemory);
            read.Add(Sql.Streams(part, Sql.FoldedColumns), part.Parameters);
            await foreach (var chunk in FoldAsync(read, view, ct))
            {
                await using var transaction = await writing.BeginTransactionAsync(ct);
                await table.CopyAsync(writing, [], chunk.Folds, ct);
                await transaction.CommitAsync(ct);
                lock (adding)
                {
                    done = done with { Streams = done.Streams + chunk.Folds.Count, Events = done.Events + chunk.Events };
                    progress?.Report(done);
                }
            }
        });

        return done.Events;
    }

    // Each round is shorter than the one before, since it takes only what was appended during that; the last must be short enough to be done once more under a lock.
    private async Task<(LogSnapshot Seen, long Events)> CatchUpAsync(BuildTable table, View view, LogSnapshot seen, CancellationToken ct)
    {
        var events = 0L;
        for (var round = 1; ; round++)
        {
            var watch = Stopwatch.StartNew();
            var next = await LogSnapshot.TakeAsync(table.Connection, ct);
            foreach (var keys in (await seen.ChangedSinceAsync(table.Connection, ct)).Chunk(StreamsPerChunk))
            {
                await using var transaction = await table.Connection.BeginTransactionAsync(ct);
                events += await RefoldAsync(table, view, keys, ct);
                await transaction.CommitAsync(ct);
            }

            seen = next;
            if (watch.Elapsed < ShortRound || round == MostRounds)
            {
                return (seen, events);
            }
        }
    }

    private async Task<long> CatchUpUnderLockAsync(BuildTable table, View view, LogSnapshot seen, CancellationToken ct)
    {
        var events = 0L;
        foreach (var keys in (await seen.ChangedSinceAsync(table.Connection, ct)).Chunk(StreamsPerChunk))
        {
            events += await RefoldAsync(table, view, keys, ct);
        }

        return events;
    }

    private async Task<long> RefoldAsync(BuildTable table, View view, StreamKey[] keys, CancellationToken ct)
    {
        await using var read = new NpgsqlBatch(table.Connection);
        read.Add(Sql.StreamsByKey, keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray());
        var chunks = await FoldAsync(read, view, ct).ToListAsync(ct);
        await table.CopyAsync(table.Connection, keys, [.. chunks.SelectMany(chunk => chunk.Folds)], ct);

        return chunks.Sum(chunk => chunk.Events);
    }

    // A few hundred streams at a time, so that what is in memory is bounded.
    private async IAsyncEnumerable<(List<ViewFold> Folds, long Events)> FoldAsync(NpgsqlBatch read, View view, [EnumeratorCancellation] CancellationToken ct)
    {
        var (folds, events) = (new List<ViewFold>(), 0L);
        await foreach (var stream in StoredStream.ReadAsync(read, ct))
        {
            // Events without a row in mt_streams belong to no stream that an append could go on with: the audit names them.
            if (stream.Head is not null)
            {
                folds.AddRange(stream.Fold(store, [view]));
                events += stream.Events.Count;
            }

            if (folds.Count == StreamsPerChunk)
            {
                yield return (folds, events);
                (folds, events) = ([], 0);
            }
        }

        yield return (folds, events);
    }
}

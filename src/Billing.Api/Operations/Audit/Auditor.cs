using System.Data;
using Billing.Api.Hosting;
using Marten;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>
/// Proves from the tables alone that every event is the one that was logged, that every stream is whole, and that every
/// view and guard equals replay.
/// </summary>
/// <remarks>
/// Range by range, each in one short snapshot of the database, so that it can run while the service writes.
/// </remarks>
public sealed class Auditor(
    NpgsqlDataSource dataSource, Database database, IDocumentStore store, LogAudit log, TreeAudit tree)
{
    private static readonly int Workers = Math.Max(2, Environment.ProcessorCount);

    private readonly DocumentReader documents = new(store);

    /// <summary>Waits for the log, then compares log, tree and checkpoints, and then the streams.</summary>
    /// <param name="logProgress">Reported after each range of the log.</param>
    /// <param name="progress">Reported after each range of streams.</param>
    public async Task<AuditReport> VerifyAsync(
        IProgress<AuditProgress>? logProgress, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var behind = await log.CatchUpAsync(ct);
        var ofTree = tree.VerifyAsync(ct);
        var ofLog = await log.VerifyAsync(logProgress, ct);
        var reports = await ReportCheck.BeginAsync(dataSource, database, ct);
        var ofStreams = await VerifyStreamsAsync(reports, progress, ct);

        return ofStreams with
        {
            Differences =
            [
                .. await ofTree, .. Ordered(ofLog), .. Ordered(ofStreams.Differences), .. reports.CompareDays(),
            ],
            Behind = behind,
        };
    }

    private static IEnumerable<AuditDifference> Ordered(IEnumerable<AuditDifference> differences) =>
        differences.OrderBy(one => one.Site, StringComparer.Ordinal).ThenBy(one => one.StreamId);

    private async Task<AuditReport> VerifyStreamsAsync(
        ReportCheck reports, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var total = await StreamRange.CountStreamsAsync(dataSource, database, ct);
        var (report, adding) = (new AuditReport(0, 0, []), new Lock());
        await Parallel.ForEachAsync(
            StreamRange.AllAsync(dataSource, database, ct),
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = ct },
            async (range, token) =>
            {
                var found = await VerifyAsync(reports, range, token);

                lock (adding)
                {
                    report += found;
                    progress?.Report(new AuditProgress(report.Streams, report.Events, total));
                }
            });

        return report;
    }

    private async Task<AuditReport> VerifyAsync(
        ReportCheck reports, StreamRange range, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        StreamPage.Run run = async (command, token) =>
        {
            command.Connection = connection;

            return await command.ExecuteReaderAsync(token);
        };
        var streams = await StreamPage.ReadAsync(run, database, store.Options.Serializer(), range, ct);
        var differences = streams.SelectMany(StreamCheck.Of).ToList();

        foreach (var view in View.All)
        {
            var comparison = new ViewComparison(
                store.Options.Serializer(), view, await documents.ReadAsync(run, view, range, ct));
            differences.AddRange(comparison.Compare(range, streams));
        }

        differences.AddRange(await reports.CompareAsync(run, range, streams, ct));
        differences.AddRange(Guards(range, streams, await documents.ReadGuardsAsync(run, range, ct)));

        return new(streams.Count, streams.Sum(stream => (long)stream.Events.Count), differences);
    }

    private static IEnumerable<AuditDifference> Guards(
        StreamRange range, IReadOnlyList<StoredStream> streams,
        Dictionary<Guid, HashSet<(string Kind, string Id)>> guards)
    {
        foreach (var stream in streams.Where(stream => stream.IsWhole))
        {
            var stored = guards.GetValueOrDefault(stream.Id) ?? [];

            foreach (var difference in GuardCheck.Compare(stream, stored).Concat(GuardCheck.EventIdsOf(stream)))
            {
                yield return difference;
            }
        }

        foreach (var (id, orphans) in guards.ExceptBy(streams.Select(stream => stream.Id), guard => guard.Key))
        {
            foreach (var (kind, name) in orphans)
            {
                yield return new(range.Site, id, null, $"The guard of {kind} {name} has no stream.");
            }
        }
    }
}

using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Operations.Audit;
using Billing.Domain.Archiving;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Marten;
using Npgsql;

namespace Billing.Api.Operations;

/// <param name="Kept">How many stayed, by reason.</param>
public sealed record Archived(long Streams, long Events, IReadOnlyDictionary<string, int> Kept);

/// <summary>
/// Archives the streams of closed preapprovals of a site that are over, in short commits. When it is stopped, the next
/// run continues.
/// </summary>
public sealed class ArchiveClosed(
    NpgsqlDataSource dataSource, Database database, IDocumentStore store, MethodProfiles profiles, BusinessClock clock)
{
    private const int AtOnce = 50;

    private string Closed =>
        $"""
        from {database.Schema}.mt_doc_subscription d
        where d.tenant_id = $1 and d.id > $2 and d.data ->> 'Status' = 'Closed'
            and (d.data ->> 'ClosedAt')::timestamptz < $3
            and exists (select from {database.Schema}.mt_streams s
                where s.tenant_id = d.tenant_id and s.id = d.id and not s.is_archived)
            and not exists (select from {database.Schema}.mt_doc_quarantinedresponse q
                where q.tenant_id = d.tenant_id and q.preapproval_id = d.id and q.open_key is not null)
        """;

    /// <param name="closedBefore">Business time.</param>
    /// <param name="progress">Reported after every commit.</param>
    /// <param name="ct">Stops between two commits.</param>
    public async Task<Archived> RunAsync(
        string site, DateTimeOffset closedBefore, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var total = await CountAsync(site, closedBefore, ct);
        var (streams, events, checkedSoFar, last) = (0L, 0L, 0L, Guid.Empty);
        var kept = new SortedDictionary<string, int>(StringComparer.Ordinal);

        while (await NextAsync(site, last, closedBefore, ct) is { Count: > 0 } page)
        {
            var archived = await ArchiveAsync(site, page, kept, ct);
            (streams, events) = (streams + archived.Count, events + archived.Sum());
            (last, checkedSoFar) = (page[^1], checkedSoFar + page.Count);
            progress?.Report(new AuditProgress(checkedSoFar, events, total));
        }

        return new Archived(streams, events, kept);
    }

    // Locked, so that no event is appended between the check and the commit.
    private async Task<List<long>> ArchiveAsync(
        string site, List<Guid> page, SortedDictionary<string, int> kept, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var archived = new List<long>();

        foreach (var stream in await StreamPage.LockAsync(session, database, page, ct))
        {
            if (WhyKept(stream) is { } why)
            {
                kept[why] = kept.GetValueOrDefault(why) + 1;
            }
            else
            {
                session.Events.ArchiveStream(stream.Id);
                archived.Add(stream.Version);
            }
        }

        await session.SaveChangesAsync(ct);

        return archived;
    }

    private string? WhyKept(StoredStream stream)
    {
        if (!stream.IsWhole)
        {
            return "not_whole";
        }

        var events = stream.Events.Select(row => row.Event).ToList();
        var state = events.Aggregate((Preapproval?)null, Preapproval.Fold)!;

        return ArchiveRule.WhyKept(state, events.Max(one => one.HappenedAt), profiles, clock.GetUtcNow());
    }

    private async Task<long> CountAsync(string site, DateTimeOffset closedBefore, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand($"select count(*) {Closed}");
        command.With(site, Guid.Empty, closedBefore);

        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<Guid>> NextAsync(string site, Guid after, DateTimeOffset closedBefore, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand($"select d.id {Closed} order by d.id limit {AtOnce}");
        command.With(site, after, closedBefore);
        var page = new List<Guid>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            page.Add(row.GetGuid(0));
        }

        return page;
    }
}

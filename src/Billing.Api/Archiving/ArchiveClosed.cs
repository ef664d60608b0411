using Billing.Api.Audit;
using Billing.Domain.Archiving;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.EventStore;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Archiving;

/// <summary>Walks over the closed preapprovals of a site and archives those that are over, in short commits. Killed and started again it goes on with the rest.</summary>
public sealed class ArchiveClosed(NpgsqlDataSource books, EventStore.EventStore store, MessageBus bus, MethodProfiles profiles, TimeProvider clock)
{
    /// <summary>Readers of the log wait for the oldest transaction: none of ours is long.</summary>
    private const int AtOnce = 50;

    private const string Closed =
        """
        from subscriptions s
        where s.tenant_id = $1 and s.preapproval_id > $2 and s.status = 'closed' and s.closed_at < $3
            and exists (select from mt_streams m where m.tenant_id = s.tenant_id and m.id = s.preapproval_id and m.is_archived is not true)
            and not exists (select from gateway_answers a where a.tenant_id = s.tenant_id and a.preapproval_id = s.preapproval_id and a.status = 'open')
        """;

    /// <param name="tenant">The site.</param>
    /// <param name="closedBefore">Business time.</param>
    /// <param name="progress">Told after every commit.</param>
    /// <param name="ct">Stops between two commits.</param>
    public async Task<Archived> RunAsync(string tenant, DateTimeOffset closedBefore, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var (archived, kept, last) = (new AuditProgress(0, 0, await CountAsync(tenant, closedBefore, ct)), new SortedDictionary<string, int>(StringComparer.Ordinal), Guid.Empty);
        var looked = 0L;
        while (await NextAsync(tenant, last, closedBefore, ct) is { Count: > 0 } page)
        {
            var over = await OverAsync(page, kept, ct);
            var done = await store.ArchiveAsync(over, ct);
            Keep(kept, "changed_meanwhile", over.Count - done.Count);
            (last, looked) = (page[^1].Id, looked + page.Count);
            archived = archived with { Streams = archived.Streams + done.Count, Events = archived.Events + done.Values.Sum() };
            progress?.Report(archived with { Streams = looked });
        }

        return new Archived(archived.Streams, archived.Events, kept);
    }

    private async Task<Dictionary<StreamKey, long>> OverAsync(List<StreamKey> page, IDictionary<string, int> kept, CancellationToken ct)
    {
        var over = new Dictionary<StreamKey, long>();
        var busy = await bus.BusyAsync(page, ct);
        foreach (var key in page)
        {
            var recorded = await store.ReadStreamAsync(key, ct: ct);
            var events = recorded.Select(one => (PreapprovalEvent)one.Data).ToList();
            var state = events.Aggregate(default(Preapproval), (state, one) => Preapproval.Evolve(state, one))!;
            var why = busy.Contains(key) ? "message_waits" : ArchiveRule.WhyKept(state, events.Max(BusinessTime.Of), profiles, clock.GetUtcNow());
            if (why is null)
            {
                over.Add(key, recorded[^1].Version);
            }
            else
            {
                Keep(kept, why, 1);
            }
        }

        return over;
    }

    private static void Keep(IDictionary<string, int> kept, string why, int count)
    {
        if (count > 0)
        {
            kept[why] = (kept.TryGetValue(why, out var before) ? before : 0) + count;
        }
    }

    private async Task<long> CountAsync(string tenant, DateTimeOffset closedBefore, CancellationToken ct)
    {
        await using var batch = books.CreateBatch();
        batch.Add($"select count(*) {Closed}", tenant, Guid.Empty, closedBefore);

        return (long)(await batch.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<StreamKey>> NextAsync(string tenant, Guid after, DateTimeOffset closedBefore, CancellationToken ct)
    {
        await using var batch = books.CreateBatch();
        batch.Add($"select s.preapproval_id {Closed} order by s.preapproval_id limit $4", tenant, after, closedBefore, AtOnce);
        var page = new List<StreamKey>();
        await using var row = await batch.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            page.Add(new StreamKey(tenant, row.GetGuid(0)));
        }

        return page;
    }
}

/// <param name="Kept">How many stayed, by the reason why.</param>
public sealed record Archived(long Streams, long Events, IReadOnlyDictionary<string, int> Kept);

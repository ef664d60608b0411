using System.Collections.Concurrent;
using Billing.Api.Hosting;
using Marten;
using Npgsql;

namespace Billing.Api.Charges;

/// <summary>Finds and locks due preapprovals of one site; skips those that another sweep has locked.</summary>
public sealed class DueClaims(Database database, TimeProvider realTime)
{
    // More than that is no matter of single preapprovals: then none is put aside.
    private const int MostAside = 2_000;
    private static readonly TimeSpan PutAsideFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> aside = new();

    /// <summary>Leaves out a preapproval that cannot be decided: it must not take the place of one that can.</summary>
    /// <remarks>It is tried again after five minutes, and by every other node.</remarks>
    public void PutAside(Guid preapprovalId)
    {
        if (aside.Count < MostAside)
        {
            aside[preapprovalId] = realTime.GetUtcNow() + PutAsideFor;
        }
    }

    /// <param name="now">Business time.</param>
    /// <param name="only">Claims no others; null: all may be claimed.</param>
    /// <returns>Their ids, sorted; locked until the session's transaction ends.</returns>
    public async Task<IReadOnlyList<Guid>> ClaimAsync(
        IDocumentSession session, DateTimeOffset now, int most, IReadOnlyCollection<Guid>? only, CancellationToken ct)
    {
        await session.BeginTransactionAsync(ct);

        // Both rows are locked: PostgreSQL reads only a locked row again after it has waited or skipped.
        await using var command = new NpgsqlCommand(
            $"""
            select d.id
            from {database.Schema}.mt_doc_subscription d
            join {database.Schema}.mt_streams s on s.tenant_id = d.tenant_id and s.id = d.id
            where d.tenant_id = $1 and d.next_due_at <= $2 and {(only is null ? "d.id <> all ($4)" : "d.id = any ($4)")}
            order by d.next_due_at
            limit $3
            for update of s, d skip locked
            """);
        command.With(session.TenantId, now.ToUniversalTime(), only?.Count ?? most, only?.ToArray() ?? LeftOut());
        var ids = new List<Guid>();
        await using var row = await session.ExecuteReaderAsync(command, ct);

        while (await row.ReadAsync(ct))
        {
            ids.Add(row.GetGuid(0));
        }

        ids.Sort();

        return ids;
    }

    /// <summary>Whether preapprovals are due that no claim got, because another transaction has locked them.</summary>
    /// <param name="now">Business time.</param>
    public async Task<bool> AreOthersHeldAsync(IDocumentSession session, DateTimeOffset now, CancellationToken ct)
    {
        // Without `order by`, and as `exists`, it may be planned as a scan of the whole table.
        await using var command = new NpgsqlCommand(
            $"""
            select (
                select true from {database.Schema}.mt_doc_subscription d
                where d.tenant_id = $1 and d.next_due_at <= $2 and d.id <> all ($3)
                order by d.next_due_at limit 1) is not null
            """);
        command.With(session.TenantId, now.ToUniversalTime(), LeftOut());
        await using var row = await session.ExecuteReaderAsync(command, ct);

        return await row.ReadAsync(ct) && row.GetBoolean(0);
    }

    private Guid[] LeftOut()
    {
        if (aside.IsEmpty)
        {
            return [];
        }

        var now = realTime.GetUtcNow();

        foreach (var over in aside.Where(one => one.Value <= now))
        {
            aside.TryRemove(over);
        }

        return [.. aside.Keys];
    }
}

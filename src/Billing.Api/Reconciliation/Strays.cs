using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Streams;
using Marten;
using Npgsql;

namespace Billing.Api.Reconciliation;

/// <summary>What the gateway has and we have not, and what else a person has to look at.</summary>
public sealed class Strays(IDocumentStore store, NpgsqlDataSource dataSource, Database database)
{
    /// <summary>Which of the gateway's preapproval ids are known here.</summary>
    public async Task<HashSet<int>> OursAsync(string site, IEnumerable<int> gatewayIds, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var guards = await session.LoadManyAsync<GatewayPreapprovalIdGuard>(
            ct, gatewayIds.Distinct().Select(id => $"{id}").ToArray());

        return [.. guards.Select(guard => int.Parse(guard.Id, CultureInfo.InvariantCulture))];
    }

    /// <returns>True: it was not known before.</returns>
    public async Task<bool> ReportAsync(
        string site, string kind, int gatewayId, string? reference, int? statusId, DateTimeOffset now,
        CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var id = ReconciliationStray.IdOf(kind, gatewayId);
        var known = await session.LoadAsync<ReconciliationStray>(id, ct);
        session.Store(new ReconciliationStray
        {
            Id = id, Kind = kind, GatewayId = gatewayId, Reference = reference, GatewayStatusId = statusId,
                FoundAt = known?.FoundAt ?? now,
        });
        await session.SaveChangesAsync(ct);

        return known is null;
    }

    /// <summary>Marks those that are known here by now.</summary>
    public async Task CloseKnownAsync(string site, DateTimeOffset now, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var open = await session.Query<ReconciliationStray>().Where(stray => stray.GoneAt == null).ToListAsync(ct);
        var preapprovals = open.Where(
            stray => stray.Kind == ReconciliationStray.OfPreapproval).Select(stray => stray.GatewayId);
        var ours = await OursAsync(site, preapprovals, ct);
        var references = open.Where(stray => stray is { Kind: ReconciliationStray.OfPayment,
            Reference: not null }).Select(stray => stray.Reference!);
        var payments = (await session.LoadManyAsync<Payment>(ct, references.ToArray())).Select(
            payment => payment.Id).ToHashSet(StringComparer.Ordinal);

        foreach (var stray in open)
        {
            if (stray.Kind == ReconciliationStray.OfPreapproval ? ours.Contains(stray.GatewayId)
                : payments.Contains(stray.Reference ?? ""))
            {
                stray.GoneAt = now;
                session.Store(stray);
            }
        }

        await session.SaveChangesAsync(ct);
    }

    /// <summary>What a person has to look at: drift and strays, one line each, and how many there are in all.</summary>
    public async Task<(long Count, IReadOnlyList<string> Lines)> OpenAsync(string site, int most, CancellationToken ct)
    {
        var open =
            $"""
            select 'subscription ' || d.id || ': ' || (select string_agg(field, ',' order by field)
                from jsonb_array_elements_text(d.data -> 'Drift') field) as line
            from {database.Schema}.mt_doc_subscription d where d.tenant_id = $1 and d.data -> 'Drift' <> '[]'
            union all
            select (data ->> 'Kind') || ' ' || (data ->> 'GatewayId') || coalesce(' (' || (data ->> 'Reference') || ')',
                '') || ': not_recorded_here'
            from {database.Schema}.mt_doc_reconciliationstray where tenant_id = $1 and data ->> 'GoneAt' is null
            """;
        await using var command = dataSource.CreateCommand(
            $"select line, count(*) over () from ({open}) open order by line limit $2");
        command.With(site, most);
        var (count, lines) = (0L, new List<string>());
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            lines.Add(row.GetString(0));
            count = row.GetInt64(1);
        }

        return (count, lines);
    }
}

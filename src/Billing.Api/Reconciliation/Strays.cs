using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting.Streams;
using Marten;

namespace Billing.Api.Reconciliation;

/// <summary>What the gateway has and we have not.</summary>
public sealed class Strays(IDocumentStore store)
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
            FoundAt = known?.FoundAt ?? now, DismissedBy = known?.DismissedBy,
            GoneAt = known?.DismissedBy is null ? null : known.GoneAt,
        });
        await session.SaveChangesAsync(ct);

        return known is null;
    }

    /// <summary>A person has looked at it: it is not reported again.</summary>
    /// <returns>False when there is no open one of this id.</returns>
    public async Task<bool> DismissAsync(string site, string id, string by, DateTimeOffset now, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);

        if (await session.LoadAsync<ReconciliationStray>(id, ct) is not { GoneAt: null } stray)
        {
            return false;
        }

        (stray.GoneAt, stray.DismissedBy) = (now, by);
        session.Store(stray);
        await session.SaveChangesAsync(ct);

        return true;
    }

    /// <summary>Marks those that are known here by now.</summary>
    public async Task CloseKnownAsync(string site, DateTimeOffset now, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var open = await session.Query<ReconciliationStray>().Where(stray => stray.GoneAt == null).ToListAsync(ct);
        var preapprovals = open.Where(
            stray => stray.Kind == ReconciliationStray.OfPreapproval).Select(stray => stray.GatewayId);
        var ours = await OursAsync(site, preapprovals, ct);
        var references = open
            .Where(stray => stray is { Kind: ReconciliationStray.OfPayment, Reference: not null })
            .Select(stray => stray.Reference!);
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
}

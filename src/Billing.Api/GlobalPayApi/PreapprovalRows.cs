using Billing.Api.Hosting.Sealing;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using Marten;
using Marten.Events.Archiving;

namespace Billing.Api.GlobalPayApi;

/// <summary>The newest preapprovals of a site in limited detail.</summary>
/// <remarks>A row shows the sealed ReturnURL and mandate reference. They are read from the events of the mandates, of all rows at once.</remarks>
public sealed class PreapprovalRows(IDocumentStore store, PersonalData personal)
{
    private static readonly string[] WithPersonal =
    [
        .. StoredEvents.All.Where(stored => IsOfMandate(stored.ClrType)).Select(stored => stored.Name),
    ];

    /// <summary>The highest id of the gateway first.</summary>
    public async Task<IReadOnlyList<WirePreapproval>> NewestAsync(string site, int limit, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var states = await session.Query<Preapproval>().Where(state => state.Gateway!.PreapprovalId > 0)
            .OrderByDescending(state => state.Gateway!.PreapprovalId).Take(limit).ToListAsync(ct);
        var opened = await OpenedAsync(session, [.. states.Select(state => state.Id)], ct);

        return
        [
            .. states.Select(state => PreapprovalWriter.Limited(
                PreapprovalAnswers.Stated(state), state.Terms,
                PreapprovalAnswers.Shown(state with { Personal = opened.GetValueOrDefault(state.Id)?.Personal }))),
        ];
    }

    private async Task<Dictionary<Guid, Preapproval>> OpenedAsync(IQuerySession session, Guid[] ids, CancellationToken ct)
    {
        if (ids is [])
        {
            return [];
        }

        var events = await session.Events.QueryAllRawEvents()
            .Where(stored => stored.MaybeArchived() && stored.StreamId.IsOneOf(ids) && stored.EventTypeName.IsOneOf(WithPersonal))
            .OrderBy(stored => stored.StreamId).ThenBy(stored => stored.Version).ToListAsync(ct);
        var ciphers = await personal.CiphersAsync(session, ids, ct);
        var opened = new Dictionary<Guid, Preapproval>();

        foreach (var @event in events.Select(stored => (PreapprovalEvent)stored.Data))
        {
            PersonalData.Open(ciphers.GetValueOrDefault(@event.PreapprovalId), @event);
            opened[@event.PreapprovalId] = Preapproval.Fold(opened.GetValueOrDefault(@event.PreapprovalId), @event);
        }

        return opened;
    }

    private static bool IsOfMandate(Type type) => type == typeof(PreapprovalRequested) || type == typeof(RecoveredFromGateway)
        || type == typeof(PreapprovalRegistered) || type == typeof(PreapprovalOpened) || type == typeof(PreapprovalChanged)
        || type == typeof(CustomerForgotten);
}

using Billing.Api.Hosting;
using Billing.Api.Hosting.Sealing;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using Marten;
using Marten.Events.Archiving;

namespace Billing.Api.GlobalPayApi;

/// <summary>The newest preapprovals of a site in limited detail.</summary>
/// <remarks>ReturnURL and mandate reference are sealed: they are read from the events, for all rows at once.</remarks>
public sealed partial class PreapprovalRows(
    IDocumentStore store, PersonalData personal, PageReader pages, ILogger<PreapprovalRows> log)
{
    private static readonly RowKeyOf<Preapproval, Guid> Key =
        new(state => new RowKey<Guid>(state.Id, state.RequestedAt));

    private static readonly string[] WithPersonal =
    [
        .. StoredEvents.All.Where(stored => IsOfMandate(stored.ClrType)).Select(stored => stored.Name),
    ];

    /// <summary>The highest id of the gateway first.</summary>
    public async Task<IReadOnlyList<WirePreapproval>> NewestAsync(string site, int limit, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var newest = session.Query<Preapproval>().Where(state => state.Gateway!.PreapprovalId > 0)
            .OrderByDescending(state => state.Gateway!.PreapprovalId).Take(limit);
        var states = (await pages.ReadAsync(session, newest, Key, ct)).Readable();
        var opened = await OpenedAsync(session, [.. states.Select(state => state.Id)], ct);

        return
        [
            .. states.Select(state => PreapprovalWriter.Limited(
                PreapprovalAnswers.Stated(state), state.Terms,
                PreapprovalAnswers.Shown(state with { Personal = opened.GetValueOrDefault(state.Id)?.Personal }))),
        ];
    }

    // A row whose events cannot be read is shown without what is sealed. The page is halved until that row is alone.
    private async Task<Dictionary<Guid, Preapproval>> OpenedAsync(
        IQuerySession session, Guid[] ids, CancellationToken ct)
    {
        try
        {
            return ids is [] ? [] : await OpenAsync(session, ids, ct);
        }
        catch (Exception e) when (PageReader.IsDamage(e))
        {
            if (ids is [var alone])
            {
                Unreadable(log, e, alone);

                return [];
            }

            var half = ids.Length / 2;
            var first = await OpenedAsync(session, ids[..half], ct);

            return first.Concat(await OpenedAsync(session, ids[half..], ct)).ToDictionary();
        }
    }

    private async Task<Dictionary<Guid, Preapproval>> OpenAsync(
        IQuerySession session, Guid[] ids, CancellationToken ct)
    {
        var events = await session.Events.QueryAllRawEvents()
            .Where(stored => stored.MaybeArchived()
                && stored.StreamId.IsOneOf(ids) && stored.EventTypeName.IsOneOf(WithPersonal))
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

    private static bool IsOfMandate(Type type) =>
        type == typeof(PreapprovalRequested) || type == typeof(RecoveredFromGateway)
            || type == typeof(PreapprovalRegistered)
        || type == typeof(PreapprovalOpened) || type == typeof(PreapprovalChanged)
            || type == typeof(CustomerForgotten);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The events of preapproval {PreapprovalId} cannot be read: a list shows it without what is personal. "
            + "'./billing audit verify' says what is damaged")]
    private static partial void Unreadable(ILogger log, Exception error, Guid preapprovalId);
}

using Billing.Api.Hosting;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using JasperFx.Events;
using Marten;

namespace Billing.Api.Explanations;

/// <summary>Reads a stream for explanations; sealed values stay sealed.</summary>
public sealed class EventHistory(IDocumentStore store)
{
    /// <exception cref="NotFoundException">This site has no such subscription.</exception>
    public async Task<IReadOnlyList<TimelineEvent>> OfAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var events = await PreapprovalStreams.ReadAsync(session, id, ct);

        return events.Count == 0 ? throw new NotFoundException() : [.. events.Select(Of)];
    }

    /// <summary>The stream as GET /v1/subscriptions/{id}/events shows it.</summary>
    /// <exception cref="NotFoundException">This site has no such subscription.</exception>
    public async Task<EventViews> ViewsAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var events = await PreapprovalStreams.ReadAsync(session, id, ct);

        return events.Count == 0
            ? throw new NotFoundException()
            : new([.. events.Select(stored => EventView.Of(stored))]);
    }

    public static TimelineEvent Of(IEvent stored)
    {
        var @event = (PreapprovalEvent)stored.Data;

        return new(
            stored.Version, StoredEvents.NameOf(@event), @event.HappenedAt, stored.Timestamp, stored.UserName, @event);
    }
}

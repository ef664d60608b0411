using Billing.Api.Hosting;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using JasperFx.Events;
using Marten;
using Marten.Events.Archiving;

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

    /// <summary>A page of the stream as GET /v1/subscriptions/{id}/events shows it.</summary>
    /// <param name="after">The version that the page before ended with; 0: from the first event on.</param>
    public async Task<EventViews> ViewsAsync(string site, Guid id, long after, int limit, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var events = await session.Events.QueryAllRawEvents()
            .Where(stored => stored.StreamId == id && stored.MaybeArchived() && stored.Version > after)
            .OrderBy(stored => stored.Version).Take(limit + 1).ToListAsync(ct);
        var page = events.Take(limit).Select(stored => EventView.Of(stored)).ToList();

        return new(page, events.Count > limit ? Cursor.Write(page[^1].Version) : null);
    }

    public static TimelineEvent Of(IEvent stored)
    {
        var @event = (PreapprovalEvent)stored.Data;

        return new(
            stored.Version, StoredEvents.NameOf(@event), @event.HappenedAt, stored.Timestamp, stored.UserName, @event);
    }
}

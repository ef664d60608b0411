using System.Text.Json;
using Billing.Domain.Preapprovals;
using JasperFx.Events;

namespace Billing.Api.Explanations;

/// <summary>One event as recorded; sealed values are left out.</summary>
/// <param name="HappenedAt">Business time, as the event itself says.</param>
/// <param name="RecordedAt">Real clock of the node that recorded it.</param>
public sealed record EventView(
    long Version, Guid Id, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, JsonElement Data,
    string? CorrelationId,
    string? CausationId, string? UserName)
{
    /// <param name="withPersonal">Also shows the personal values that were opened.</param>
    public static EventView Of(IEvent stored, bool withPersonal = false)
    {
        var @event = (PreapprovalEvent)stored.Data;

        return new(
            stored.Version, stored.Id, StoredEvents.NameOf(@event), @event.HappenedAt, stored.Timestamp,
            EventJson.Of(@event, withPersonal),
            stored.CorrelationId, stored.CausationId, stored.UserName);
    }
}

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record EventViews(IReadOnlyList<EventView> Events, string? Next);

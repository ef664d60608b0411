using System.Text.Json;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Subscriptions;

/// <summary>One event as recorded; what is sealed is left out.</summary>
/// <param name="RecordedAt">Database clock; when it happened is in the data.</param>
public sealed record EventView(long Version, Guid Id, string Type, DateTimeOffset RecordedAt, JsonElement Data, string? CorrelationId, string? CausationId, string? UserName)
{
    private static readonly Dictionary<Type, StoredEvent> Stored = StoredEvents.All.ToDictionary(stored => stored.ClrType);

    public static EventView Of(Recorded recorded) => new(
        recorded.Version, recorded.EventId, recorded.Type, recorded.Timestamp, JsonSerializer.SerializeToElement(recorded.Data, Stored[recorded.Data.GetType()].Json),
        recorded.CorrelationId, recorded.CausationId, recorded.UserName);
}

public sealed record EventViews(IReadOnlyList<EventView> Events);

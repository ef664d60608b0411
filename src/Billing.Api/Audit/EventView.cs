using System.Text.Json;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Audit;

/// <summary>One event as recorded; what is sealed is left out.</summary>
/// <param name="HappenedAt">Business time, as the event itself says.</param>
/// <param name="RecordedAt">Database clock.</param>
/// <param name="Hash">Its link in the stream's chain, SHA-256 in lower-case hex; null where another writer appended and nothing of ours followed yet.</param>
public sealed record EventView(
    long Version, Guid Id, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, JsonElement Data, string? CorrelationId, string? CausationId, string? UserName, string? Hash)
{
    private static readonly Dictionary<Type, StoredEvent> Stored = StoredEvents.All.ToDictionary(stored => stored.ClrType);

    public static EventView Of(Recorded recorded) => new(
        recorded.Version, recorded.EventId, recorded.Type, BusinessTime.Of((PreapprovalEvent)recorded.Data), recorded.Timestamp,
        JsonSerializer.SerializeToElement(recorded.Data, Stored[recorded.Data.GetType()].Json), recorded.CorrelationId, recorded.CausationId, recorded.UserName, recorded.Hash);
}

public sealed record EventViews(IReadOnlyList<EventView> Events);

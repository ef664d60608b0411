using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.EventStore;

/// <summary>Between an event in memory and its JSON in the table: seals on the way in, opens and upcasts on the way out.</summary>
internal sealed class EventCodec(EventCatalog catalog)
{
    /// <returns>The JSON as PostgreSQL will print it, and the event as every reader without keys will see it: sealed properties null.</returns>
    /// <exception cref="ArgumentException">Not in the catalogue, or holds text that cannot be stored.</exception>
    internal static (byte[] Data, object Redacted) Encode(CataloguedEvent entry, object @event, Guid eventId, StreamSeal seal)
    {
        var json = Serialize(entry, @event);
        if (!entry.Type.Sealed.Any(name => Holds(json, name)))
        {
            return (JsonbText.Of(json), @event);
        }

        // Checked before sealing: what is sealed must be storable too, or unsealing would hand out what no other event may hold.
        _ = JsonbText.Of(json);
        var stored = JsonObject.Create(json)!;
        var redacted = JsonObject.Create(json)!;
        foreach (var name in entry.Type.Sealed.Where(name => Holds(json, name)))
        {
            stored[name] = seal.IsForgotten ? null : seal.Seal(eventId, name, JsonbText.Of(json.GetProperty(name)));
            redacted[name] = null;
        }

        return (JsonbText.Of(JsonSerializer.SerializeToElement(stored, JsonContext.Default.JsonObject)), redacted.Deserialize(entry.Json)!);
    }

    /// <param name="seal">Null: sealed properties are left null.</param>
    /// <exception cref="InvalidDataException">The stored name is unknown, or the JSON does not read as its event.</exception>
    /// <exception cref="SealException">A sealed property does not open.</exception>
    internal (string Type, object Event) Decode(in StoredEvent stored, StreamSeal? seal)
    {
        var plan = catalog.Find(stored.Type) ?? throw Unreadable(stored, "its type is not in the catalogue");
        try
        {
            var @event = plan.Steps.Count == 0 && (seal is null || plan.Sealed.Count == 0)
                ? JsonSerializer.Deserialize(SealedText.Redacted(stored.Data, plan.Sealed), plan.Event.Json)
                : Opened(stored, plan, seal).Deserialize(plan.Event.Json);

            return (plan.Event.Type.Name, @event ?? throw Unreadable(stored, "it is null"));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NotSupportedException)
        {
            throw Unreadable(stored, error.Message, error);
        }
    }

    internal Recorded ToRecorded(in StoredEvent stored, StreamSeal? seal)
    {
        var (type, data) = Decode(stored, seal);
        return Recorded(stored, type, data) with { Hash = stored.Hash };
    }

    internal static Recorded Recorded(in StoredEvent stored, string type, object data, object? state = null) => new(
        stored.Key.Tenant, stored.Key.Id, stored.Version, stored.EventId, type, data, stored.Timestamp,
        stored.CorrelationId, stored.CausationId, stored.UserName, state);

    private static JsonObject Opened(StoredEvent stored, ReadingPlan plan, StreamSeal? seal)
    {
        var json = JsonNode.Parse(stored.Data)!.AsObject();
        foreach (var name in plan.Sealed)
        {
            // What is not sealed was written in the clear by another writer, and is readable to everyone already.
            if (json[name] is JsonValue value && value.TryGetValue<string>(out var text) && StreamSeal.IsSealed(text))
            {
                json[name] = seal is null or { IsForgotten: true } ? null : JsonNode.Parse(seal.Open(stored.EventId, stored.Version, name, text));
            }
        }

        return plan.Steps.Aggregate(json, (old, step) => step.Up(old));
    }

    private static JsonElement Serialize(CataloguedEvent entry, object @event)
    {
        try
        {
            return JsonSerializer.SerializeToElement(@event, entry.Json);
        }
        catch (JsonException error)
        {
            throw StorableText.Refused($"{entry.Type.Name} {error.Path}", error);
        }
    }

    private static bool Holds(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static InvalidDataException Unreadable(in StoredEvent stored, string why, Exception? inner = null) =>
        new($"Event {stored.Version} ({stored.Type}) of stream {stored.Key} does not read: {why}.", inner);
}

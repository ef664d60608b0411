using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.EventStore;

/// <summary>Between an event in memory and its JSON in the table: seals on the way in, opens and upcasts on the way out.</summary>
internal sealed class EventCodec(EventCatalog catalog)
{
    private static readonly byte[] Null = "null"u8.ToArray();

    /// <returns>The JSON as PostgreSQL will print it, and the event as every reader without keys will see it: sealed properties null.</returns>
    /// <exception cref="ArgumentException">Not in the catalogue, or holds text that cannot be stored.</exception>
    internal static (byte[] Data, object Redacted) Encode(CataloguedEvent entry, object @event, Guid eventId, StreamSeal seal)
    {
        var json = Serialize(entry, @event);

        // What is sealed is checked and normalised too: unsealing must not hand out what no other event may hold.
        var stored = TopLevel.Replace(json, entry.Type.Sealed, (name, value) =>
            seal.IsForgotten ? Null : Quoted(seal.Seal(eventId, name, JsonbText.Of(value.Span))));
        if (ReferenceEquals(stored, json))
        {
            return (JsonbText.Of(json), @event);
        }

        var redacted = TopLevel.Replace(json, entry.Type.Sealed, (_, _) => Null);
        return (JsonbText.Of(stored), JsonSerializer.Deserialize(redacted, entry.Json)!);
    }

    /// <param name="seal">Null: sealed properties are left null.</param>
    /// <exception cref="InvalidDataException">The stored name is unknown, or the JSON does not read as its event.</exception>
    /// <exception cref="SealException">A sealed property does not open.</exception>
    internal (string Type, object Event) Decode(in StoredEvent stored, StreamSeal? seal)
    {
        var plan = catalog.Find(stored.Type) ?? throw Unreadable(stored, "its type is not in the catalogue");
        try
        {
            var json = plan.Sealed.Count == 0 ? stored.Data : Opened(stored, plan, seal);
            var @event = plan.Steps.Count == 0
                ? JsonSerializer.Deserialize(json, plan.Event.Json)
                : plan.Steps.Aggregate(JsonNode.Parse(json)!.AsObject(), (old, step) => step.Up(old)).Deserialize(plan.Event.Json);

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

    // What is not sealed was written in the clear by another writer, and is readable to everyone already.
    private static byte[] Opened(StoredEvent stored, ReadingPlan plan, StreamSeal? seal) => TopLevel.Replace(stored.Data, plan.Sealed, (name, value) =>
        !StreamSeal.IsSealed(value.Span) ? null
        : seal is null or { IsForgotten: true } ? Null
        : seal.Open(stored.EventId, stored.Version, name, JsonSerializer.Deserialize(value.Span, JsonContext.Default.String)!));

    private static byte[] Serialize(CataloguedEvent entry, object @event)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(@event, entry.Json);
        }
        catch (JsonException error)
        {
            throw StorableText.Refused($"{entry.Type.Name} {error.Path}", error);
        }
    }

    private static byte[] Quoted(string text) => System.Text.Encoding.ASCII.GetBytes($"\"{text}\"");

    private static InvalidDataException Unreadable(in StoredEvent stored, string why, Exception? inner = null) =>
        new($"Event {stored.Version} ({stored.Type}) of stream {stored.Key} does not read: {why}.", inner);
}

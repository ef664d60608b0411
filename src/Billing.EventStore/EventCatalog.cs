using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Billing.EventStore;

/// <summary>Every kind of event that may be written, and every stored name that can be read.</summary>
public sealed class EventCatalog
{
    private readonly Dictionary<Type, CataloguedEvent> byClrType = [];
    private readonly Dictionary<string, ReadingPlan> byName = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A name or record stands twice, a sealed property does not exist, or an upcaster leads nowhere.</exception>
    public EventCatalog(IEnumerable<EventType> types, IEnumerable<Upcaster>? upcasters = null)
    {
        var options = new Dictionary<JsonSerializerOptions, JsonSerializerOptions>();
        foreach (var type in types)
        {
            var entry = new CataloguedEvent(type, Strict(type, options), $"{type.ClrType.FullName}, {type.ClrType.Assembly.GetName().Name}");
            if (!byClrType.TryAdd(type.ClrType, entry) || !byName.TryAdd(type.Name, new ReadingPlan(entry, [], type.Sealed)))
            {
                throw new ArgumentException($"{type.Name} ({type.ClrType.Name}) stands twice in the catalogue.", nameof(types));
            }
        }

        var steps = new Dictionary<string, Upcaster>(StringComparer.Ordinal);
        foreach (var upcaster in upcasters ?? [])
        {
            if (byName.ContainsKey(upcaster.From) || !steps.TryAdd(upcaster.From, upcaster))
            {
                throw new ArgumentException($"{upcaster.From} is already read in another way.", nameof(upcasters));
            }
        }

        foreach (var (name, plan) in steps.Keys.Select(name => (name, Plan(name, steps))).ToList())
        {
            byName.Add(name, plan);
        }
    }

    internal CataloguedEvent Of(object @event) => byClrType.TryGetValue(@event.GetType(), out var entry)
        ? entry
        : throw new ArgumentException($"{@event.GetType().Name} is not in the catalogue of events.", nameof(@event));

    /// <summary>Some of it is written under the stream's key.</summary>
    internal bool IsSealed(object @event) => Of(@event).Type.Sealed.Length > 0;

    internal ReadingPlan? Find(string storedName) => byName.GetValueOrDefault(storedName);

    private ReadingPlan Plan(string name, Dictionary<string, Upcaster> steps)
    {
        var path = new List<Upcaster>();
        for (var at = name; steps.TryGetValue(at, out var step); at = step.To)
        {
            path.Add(step);
            if (path.Count > steps.Count)
            {
                throw new ArgumentException($"The upcasters of {name} go round in a circle.", nameof(steps));
            }
        }

        return byName.TryGetValue(path[^1].To, out var end)
            ? new ReadingPlan(end.Event, path, [.. end.Sealed.Concat(path.SelectMany(s => s.Sealed)).Distinct(StringComparer.Ordinal)])
            : throw new ArgumentException($"{name} is upcast to {path[^1].To}, which is not in the catalogue.", nameof(steps));
    }

    private static JsonTypeInfo Strict(EventType type, Dictionary<JsonSerializerOptions, JsonSerializerOptions> known)
    {
        if (type.Json.Kind != JsonTypeInfoKind.Object || type.Json.Type != type.ClrType)
        {
            throw new ArgumentException($"{type.Name} is not written as a JSON object of {type.ClrType.Name}.", nameof(type));
        }

        if (type.Sealed.FirstOrDefault(name => type.Json.Properties.All(p => p.Name != name)) is { } unknown)
        {
            throw new ArgumentException($"{type.Name} has no property {unknown} to seal.", nameof(type));
        }

        if (!known.TryGetValue(type.Json.Options, out var strict))
        {
            // The relaxed encoder spares escapes that are parsed away again: what is stored is jsonb's own text.
            strict = new JsonSerializerOptions(type.Json.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            strict.Converters.Add(new StorableText());
            known.Add(type.Json.Options, strict);
        }

        return strict.GetTypeInfo(type.ClrType);
    }
}

/// <param name="DotnetType">What Marten would write to mt_dotnet_type.</param>
internal sealed record CataloguedEvent(EventType Type, JsonTypeInfo Json, string DotnetType);

/// <summary>How the rows of one stored name become events.</summary>
internal sealed record ReadingPlan(CataloguedEvent Event, IReadOnlyList<Upcaster> Steps, IReadOnlyList<string> Sealed);

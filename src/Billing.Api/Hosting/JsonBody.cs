using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain;
using Billing.Gateway.Wire;

namespace Billing.Api.Hosting;

/// <summary>Reads the JSON bodies of our own paths.</summary>
public static class JsonBody
{
    /// <param name="invalid">Thrown for everything that is not a JSON object of this type.</param>
    /// <exception cref="RuleViolation"><paramref name="invalid"/>, or unknown_key.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, RuleViolation invalid)
        where T : class
    {
        using var json = Parse(body, invalid);
        KnownKeys.Check(KeysOf(json), [.. type.Properties.Select(one => one.Name)], "the body");

        try
        {
            return json.Deserialize(type) ?? throw invalid;
        }
        catch (JsonException)
        {
            throw invalid;
        }
    }

    /// <summary>The keys of a JSON object.</summary>
    /// <exception cref="RuleViolation"><paramref name="invalid"/>: it is no JSON object.</exception>
    public static IReadOnlyList<string> Keys(ReadOnlyMemory<byte> body, RuleViolation invalid)
    {
        using var json = Parse(body, invalid);

        return [.. KeysOf(json)];
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body, RuleViolation invalid)
    {
        if (JsonText.Fault(body.Span) is not null)
        {
            throw invalid;
        }

        var json = JsonDocument.Parse(body);

        if (json.RootElement.ValueKind is JsonValueKind.Object)
        {
            return json;
        }

        json.Dispose();

        throw invalid;
    }

    private static IEnumerable<string> KeysOf(JsonDocument json) =>
        json.RootElement.EnumerateObject().Select(one => one.Name);
}

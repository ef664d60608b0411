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
        if (JsonText.Fault(body.Span) is not null)
        {
            throw invalid;
        }

        using var json = JsonDocument.Parse(body);

        if (json.RootElement.ValueKind is not JsonValueKind.Object)
        {
            throw invalid;
        }

        KnownKeys.Check(
            json.RootElement.EnumerateObject().Select(one => one.Name), [.. type.Properties.Select(one => one.Name)],
            "the body");

        try
        {
            return json.Deserialize(type) ?? throw invalid;
        }
        catch (JsonException)
        {
            throw invalid;
        }
    }
}

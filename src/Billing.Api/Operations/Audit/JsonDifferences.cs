using System.Runtime.InteropServices;
using System.Text.Json;

namespace Billing.Api.Operations.Audit;

/// <summary>Compares two JSON objects by their values.</summary>
public static class JsonDifferences
{
    private const int MostDepth = 3;

    /// <returns>The paths that differ, for example Charge.State.</returns>
    public static IReadOnlyList<string> Between(string one, string other)
    {
        using var a = JsonDocument.Parse(one);
        using var b = JsonDocument.Parse(other);

        return AreEqual(a.RootElement, b.RootElement)
            ? []
            : [.. Between(a.RootElement, b.RootElement, "", 1).Order(StringComparer.Ordinal)];
    }

    // jsonb has its own order of names, for which JsonElement.DeepEquals builds a dictionary of every object. False may
    // also mean that a name has an escaped character: the paths are then compared one by one.
    private static bool AreEqual(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind)
        {
            return false;
        }

        switch (one.ValueKind)
        {
            case JsonValueKind.Object:
                if (one.GetPropertyCount() != other.GetPropertyCount())
                {
                    return false;
                }

                foreach (var property in one.EnumerateObject())
                {
                    var name = JsonMarshal.GetRawUtf8PropertyName(property);

                    if (name.Contains((byte)'\\') || !other.TryGetProperty(name, out var there)
                        || !AreEqual(property.Value, there))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Array:
                return one.GetArrayLength() == other.GetArrayLength()
                    && one.EnumerateArray().Zip(other.EnumerateArray(), AreEqual).All(areEqual => areEqual);
            default:
                return JsonElement.DeepEquals(one, other);
        }
    }

    private static IEnumerable<string> Between(JsonElement one, JsonElement other, string prefix, int depth)
    {
        foreach (var property in one.EnumerateObject())
        {
            if (!other.TryGetProperty(property.Name, out var there))
            {
                yield return prefix + property.Name;
            }
            else if (!JsonElement.DeepEquals(property.Value, there))
            {
                foreach (var path in Within(property.Value, there, prefix + property.Name, depth))
                {
                    yield return path;
                }
            }
        }

        foreach (var property in other.EnumerateObject())
        {
            if (!one.TryGetProperty(property.Name, out _))
            {
                yield return prefix + property.Name;
            }
        }
    }

    private static IEnumerable<string> Within(JsonElement one, JsonElement other, string path, int depth) =>
        one.ValueKind is JsonValueKind.Object && other.ValueKind is JsonValueKind.Object && depth < MostDepth
            ? Between(one, other, $"{path}.", depth + 1)
            : [path];
}

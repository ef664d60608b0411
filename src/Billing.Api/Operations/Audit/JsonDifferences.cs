using System.Text.Json;

namespace Billing.Api.Operations.Audit;

/// <summary>Compares two JSON objects by their values.</summary>
public static class JsonDifferences
{
    private const int MostDepth = 3;

    /// <param name="ignored">A name that is not compared at the top level.</param>
    /// <returns>The paths that differ, for example Charge.State.</returns>
    public static IReadOnlyList<string> Between(string one, string other, string? ignored = null)
    {
        using var a = JsonDocument.Parse(one);
        using var b = JsonDocument.Parse(other);

        return
        [
            .. Between(a.RootElement, b.RootElement, "", 1)
                .Where(path => path != ignored).Order(StringComparer.Ordinal),
        ];
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

using System.Text.Json.Nodes;

namespace Billing.Api.Operations.Audit;

/// <summary>Compares two JSON objects by their values.</summary>
public static class JsonDifferences
{
    private const int MostDepth = 3;

    /// <param name="ignored">A name that is not compared at the top level.</param>
    /// <returns>The paths that differ, for example Charge.State.</returns>
    public static IReadOnlyList<string> Between(string one, string other, string? ignored = null)
    {
        var (a, b) = (JsonNode.Parse(one)!.AsObject(), JsonNode.Parse(other)!.AsObject());

        if (ignored is not null)
        {
            a.Remove(ignored);
            b.Remove(ignored);
        }

        return [.. Between(a, b, "", 1)];
    }

    private static IEnumerable<string> Between(JsonObject one, JsonObject other, string prefix, int depth)
    {
        var names = one.Select(property => property.Key).Union(other.Select(property => property.Key));

        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            if (JsonNode.DeepEquals(one[name], other[name]))
            {
                continue;
            }

            if (one[name] is JsonObject a && other[name] is JsonObject b && depth < MostDepth)
            {
                foreach (var path in Between(a, b, $"{prefix}{name}.", depth + 1))
                {
                    yield return path;
                }
            }
            else
            {
                yield return prefix + name;
            }
        }
    }
}

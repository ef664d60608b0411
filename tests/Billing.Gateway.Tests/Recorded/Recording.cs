using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Gateway.Tests.Recorded;

/// <summary>The payloads of the two seed documents, with their missing braces added.</summary>
public static class Recording
{
    public static byte[] Of(string name)
    {
        using var stream = typeof(Recording).Assembly.GetManifestResourceStream(name) ?? throw new ArgumentException(
            $"No recording {name}.", nameof(name));
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>The same keys in the same order with the same types and nulls: only white space may differ.</summary>
    public static string Compact(byte[] json) => JsonNode.Parse(json)!.ToJsonString(Plain);

    /// <summary>The same values, whatever the order of the keys.</summary>
    public static bool SameValues(byte[] left, byte[] right) =>
        JsonNode.DeepEquals(JsonNode.Parse(left), JsonNode.Parse(right));

    private static readonly JsonSerializerOptions Plain = new() { WriteIndented = false };
}

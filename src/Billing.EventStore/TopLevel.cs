using System.Text.Json;

namespace Billing.EventStore;

/// <summary>Puts other values in the place of some top-level properties of a JSON object, the rest untouched.</summary>
internal static class TopLevel
{
    /// <param name="json">One JSON object, UTF-8.</param>
    /// <param name="names">The properties to visit.</param>
    /// <param name="replace">Given name and value of each that is there and not null; returns what to write instead, or null to leave it.</param>
    internal static byte[] Replace(byte[] json, IReadOnlyList<string> names, Func<string, ReadOnlyMemory<byte>, byte[]?> replace)
    {
        var (output, copied) = (new Bytes(), 0);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Find(ref reader, names);
            reader.Read();
            var (start, isNull) = ((int)reader.TokenStartIndex, reader.TokenType == JsonTokenType.Null);
            reader.Skip();
            if (name is not null && !isNull && replace(name, json.AsMemory(start..(int)reader.BytesConsumed)) is { } value)
            {
                output.Add(json.AsSpan(copied..start));
                output.Add(value);
                copied = (int)reader.BytesConsumed;
            }
        }

        if (copied == 0)
        {
            return json;
        }

        output.Add(json.AsSpan(copied));
        return output.Span.ToArray();
    }

    private static string? Find(ref Utf8JsonReader reader, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (reader.ValueTextEquals(name))
            {
                return name;
            }
        }

        return null;
    }
}

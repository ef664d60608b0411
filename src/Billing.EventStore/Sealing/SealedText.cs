using System.Buffers;
using System.Text.Json;

namespace Billing.EventStore;

/// <summary>Reads JSON as everybody without keys sees it.</summary>
internal static class SealedText
{
    /// <returns>The JSON with null where one of these top-level properties is sealed; the very same bytes where none is.</returns>
    /// <remarks>What is not sealed was written in the clear by another writer, and is readable to everyone already.</remarks>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static ReadOnlySpan<byte> Redacted(byte[] json, IReadOnlyList<string> properties)
    {
        if (properties.Count == 0 || json.AsSpan().IndexOf("\"sealed:1:"u8) < 0)
        {
            return json;
        }

        var output = new ArrayBufferWriter<byte>(json.Length);
        var reader = new Utf8JsonReader(json);
        var copied = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var maySeal = IsOneOf(ref reader, properties);
            reader.Read();
            if (maySeal && reader.TokenType == JsonTokenType.String && reader.ValueSpan.StartsWith("sealed:1:"u8))
            {
                output.Write(json.AsSpan(copied, (int)reader.TokenStartIndex - copied));
                output.Write("null"u8);
                copied = (int)reader.BytesConsumed;
            }

            reader.Skip();
        }

        output.Write(json.AsSpan(copied));
        return output.WrittenSpan;
    }

    private static bool IsOneOf(ref Utf8JsonReader name, IReadOnlyList<string> properties)
    {
        for (var i = 0; i < properties.Count; i++)
        {
            if (name.ValueTextEquals(properties[i]))
            {
                return true;
            }
        }

        return false;
    }
}

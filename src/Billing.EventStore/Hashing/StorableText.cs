using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.EventStore;

/// <summary>Refuses, while an event is serialized, text that PostgreSQL cannot hold: U+0000 and lone surrogates (which the serializer would silently replace).</summary>
internal sealed class StorableText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Checked(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(Checked(value));

    internal static bool Accepts(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
        {
            return false;
        }

        for (int at; (at = text.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0; text = text[(at + 2)..])
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }
        }

        return true;
    }

    internal static ArgumentException Refused(string? property, Exception? inner = null) =>
        new($"{property ?? "The value"} holds text that cannot be stored: U+0000 or half of a surrogate pair.", property, inner);

    internal static void Check(string? text, string property)
    {
        if (text is not null && !Accepts(text))
        {
            throw Refused(property);
        }
    }

    // Only a JsonException is given the path of the property by the serializer.
    private static string Checked(string value) => Accepts(value) ? value : throw new JsonException(message: null);
}

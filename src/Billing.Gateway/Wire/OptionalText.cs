using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>
/// The text of a key that only some methods have: the default means that the key is not there, which null does not.
/// </summary>
[JsonConverter(typeof(OptionalTextConverter))]
public readonly record struct OptionalText
{
    private OptionalText(string? text) => (IsThere, Text) = (true, text);

    public bool IsThere { get; }

    public string? Text { get; }

    public static OptionalText There(string? text) => new(text);
}

internal sealed class OptionalTextConverter : JsonConverter<OptionalText>
{
    public override bool HandleNull => true;

    public override OptionalText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        OptionalText.There(TextOrNumberConverter.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, OptionalText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}

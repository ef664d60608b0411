using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>
/// An amount as on the wire: a number or a string of digits, written back the way it came (docs/globalpay.md).
/// </summary>
/// <param name="Text">As it came, also when it is no amount.</param>
/// <param name="Quoted">True for a JSON string.</param>
[JsonConverter(typeof(DigitsConverter))]
public readonly record struct Digits(string Text, bool Quoted)
{
    /// <summary>The gateway's regular expression is ^\d{1,12}$.</summary>
    public const int MostDigits = 12;

    /// <summary>As answers write it.</summary>
    public static Digits InString(long value) => new(value.ToString(CultureInfo.InvariantCulture), Quoted: true);

    /// <summary>As requests write it.</summary>
    public static Digits InNumber(long value) => new(value.ToString(CultureInfo.InvariantCulture), Quoted: false);

    /// <summary>Null unless it is 1 to 12 digits.</summary>
    public long? Value =>
        Text.Length <= MostDigits && long.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}

internal sealed class DigitsConverter : JsonConverter<Digits>
{
    public override Digits Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => new(reader.GetString()!, Quoted: true),
            JsonTokenType.Number => new(RawText(ref reader), Quoted: false),
            _ => throw new JsonException(),
        };

    public override void Write(Utf8JsonWriter writer, Digits value, JsonSerializerOptions options)
    {
        if (value.Quoted)
        {
            writer.WriteStringValue(value.Text);
        }
        else
        {
            writer.WriteRawValue(value.Text);
        }
    }

    internal static string RawText(ref Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
}

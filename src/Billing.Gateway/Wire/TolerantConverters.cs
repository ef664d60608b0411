using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>Reads a value of the expected shape, and any other as null; never writes.</summary>
internal abstract class TolerantConverter<T> : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (TryRead(ref reader, options, out var value))
        {
            return value;
        }

        reader.Skip();
        return default;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    /// <returns>False: nothing was read, and the reader is still at the first token of the value.</returns>
    protected abstract bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out T? value);
}

/// <summary>Text, also as a number.</summary>
internal sealed class TolerantText : TolerantConverter<string>
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out string? value)
    {
        value = reader.TokenType is JsonTokenType.String or JsonTokenType.Number
            ? TextOrNumberConverter.Read(ref reader)
            : null;
        return value is not null;
    }
}

/// <summary>A whole number of 32 bits, also in a string.</summary>
internal sealed class TolerantInt32 : TolerantConverter<int?>
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out int? value)
    {
        value = reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt32(out var number) => number,
            JsonTokenType.String when int.TryParse(
                reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>An amount as on the wire.</summary>
internal sealed class TolerantDigits : TolerantConverter<Digits?>
{
    private static readonly DigitsConverter Digits = new();

    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out Digits? value)
    {
        value = reader.TokenType is JsonTokenType.String or JsonTokenType.Number
            ? Digits.Read(ref reader, typeof(Digits), options)
            : null;
        return value is not null;
    }
}

/// <summary>The text of a key that only some methods have.</summary>
internal sealed class TolerantOptionalText : TolerantConverter<OptionalText>
{
    public override bool HandleNull => true;

    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out OptionalText value)
    {
        var isText = reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null;
        value = isText ? OptionalText.There(TextOrNumberConverter.Read(ref reader)) : default;
        return isText;
    }
}

/// <summary>An object; PHP writes an empty one as [].</summary>
internal sealed class TolerantObject<T> : TolerantConverter<T>
    where T : class
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out T? value)
    {
        value = reader.TokenType is JsonTokenType.StartObject
            ? (T?)JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(typeof(T)))
            : null;
        return value is not null;
    }
}

/// <summary>Status.Reasons: an array, or one reason without its array.</summary>
internal sealed class TolerantReasons : TolerantConverter<IReadOnlyList<WireReason>>
{
    private static readonly TolerantObject<WireReason> One = new();

    protected override bool TryRead(
        ref Utf8JsonReader reader, JsonSerializerOptions options, out IReadOnlyList<WireReason>? value)
    {
        List<WireReason?> reasons = [];
        value = reasons!;

        if (reader.TokenType is JsonTokenType.StartObject)
        {
            reasons.Add(One.Read(ref reader, typeof(WireReason), options));
            return true;
        }

        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            reasons.Add(One.Read(ref reader, typeof(WireReason), options));
        }

        reasons.RemoveAll(reason => reason is null);
        return true;
    }
}

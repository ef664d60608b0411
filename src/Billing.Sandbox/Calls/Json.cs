using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Calls;

/// <summary>
/// Writes JSON key by key: the order of keys and the explicit nulls are part of the gateway's contract.
/// </summary>
internal static class Json
{
    // As the gateway writes it: an & in an address stays an &.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? own;

    public static byte[] Object(Action<Utf8JsonWriter> members)
    {
        var (buffer, json) = own ??= New();
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static (ArrayBufferWriter<byte>, Utf8JsonWriter) New()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    }

    public static void Number(this Utf8JsonWriter json, string key, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(key, number);
        }
        else
        {
            json.WriteNull(key);
        }
    }

    /// <summary>Hundredths as the gateway answers them: a string of digits.</summary>
    public static void Amount(this Utf8JsonWriter json, string key, long? hundredths) =>
        json.WriteString(key, hundredths?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Foreign JSON, unchanged.</summary>
    public static void Copied(this Utf8JsonWriter json, string key, JsonElement? part)
    {
        json.WritePropertyName(key);
        if (part is { } given)
        {
            given.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    public static void Status(this Utf8JsonWriter json, int? id, string? info, IReadOnlyList<Reason>? reasons)
    {
        json.WriteStartObject("Status");
        json.Number("ID", id);
        json.WriteString("Info", info);
        if (reasons is null)
        {
            json.WriteNull("Reasons");
        }
        else
        {
            json.WriteStartArray("Reasons");
            foreach (var reason in reasons)
            {
                json.WriteStartObject();
                json.WriteString("Code", reason.Code);
                json.WriteString("Info", reason.Info);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

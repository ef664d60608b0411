using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Billing.EventStore;

/// <summary>Writes JSON exactly as PostgreSQL prints the jsonb it makes of it, so that a hash over <c>data::text</c> is known before the insert.</summary>
internal static class JsonbText
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The text holds what jsonb refuses; names the top-level property.</exception>
    internal static byte[] Of(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(512);
        Write(value, output, property: null);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output, string? property)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output, property);
                break;
            case JsonValueKind.Array:
                WriteArray(value, output, property);
                break;
            case JsonValueKind.String:
                WriteString(Text(value.GetString, property), output);
                break;
            case JsonValueKind.Number:
                Encoding.UTF8.GetBytes(JsonbNumber.Text(value.GetRawText(), property), output);
                break;
            default:
                Encoding.UTF8.GetBytes(value.GetRawText(), output);
                break;
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output, string? property)
    {
        // jsonb keeps the last of equal keys and sorts by length, then by bytes.
        var members = new Dictionary<string, (byte[] Name, JsonElement Value)>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var name = Text(() => member.Name, property);
            members[member.Name] = (name, member.Value);
        }

        output.Write("{"u8);
        var first = true;
        foreach (var (key, (name, member)) in members.OrderBy(m => m.Value.Name.Length).ThenBy(m => m.Value.Name, ByteOrder))
        {
            output.Write(first ? ""u8 : ", "u8);
            first = false;
            WriteString(name, output);
            output.Write(": "u8);
            Write(member, output, property ?? key);
        }

        output.Write("}"u8);
    }

    private static void WriteArray(JsonElement value, ArrayBufferWriter<byte> output, string? property)
    {
        output.Write("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            output.Write(first ? ""u8 : ", "u8);
            first = false;
            Write(item, output, property);
        }

        output.Write("]"u8);
    }

    private static void WriteString(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        for (int next; (next = text.IndexOfAny(MustEscape)) >= 0; text = text[(next + 1)..])
        {
            output.Write(text[..next]);
            output.Write(Escaped(text[next]));
        }

        output.Write(text);
        output.Write("\""u8);
    }

    private static ReadOnlySpan<byte> Escaped(byte control) => control switch
    {
        (byte)'"' => "\\\""u8,
        (byte)'\\' => "\\\\"u8,
        (byte)'\b' => "\\b"u8,
        (byte)'\f' => "\\f"u8,
        (byte)'\n' => "\\n"u8,
        (byte)'\r' => "\\r"u8,
        (byte)'\t' => "\\t"u8,
        _ => Encoding.ASCII.GetBytes($"\\u{control:x4}"),
    };

    // A JSON text may spell a lone surrogate as an escape; .NET refuses to read it, and so would PostgreSQL.
    private static byte[] Text(Func<string?> read, string? property)
    {
        try
        {
            var bytes = StrictUtf8.GetBytes(read()!);
            return bytes.Contains((byte)0) ? throw StorableText.Refused(property) : bytes;
        }
        catch (Exception error) when (error is InvalidOperationException or EncoderFallbackException)
        {
            throw StorableText.Refused(property, error);
        }
    }

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));
}

using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Billing.EventStore;

/// <summary>The walk of <see cref="JsonbText"/>: objects are written in the order they are read, then put in jsonb's order.</summary>
internal sealed class JsonbWriter
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    [ThreadStatic]
    private static JsonbWriter? mine;

    private readonly Bytes output = new();
    private readonly Bytes names = new();
    private readonly Bytes moving = new();
    private readonly List<Member> members = [];
    private Member top;

    /// <param name="Start">In the output, where the member's name begins.</param>
    private readonly record struct Member(int NameStart, int NameLength, int Start, int Length);

    internal ReadOnlySpan<byte> Written => output.Span;

    /// <summary>The property of the outermost object that was last begun.</summary>
    internal string TopLevelProperty => Encoding.UTF8.GetString(names.Span.Slice(top.NameStart, top.NameLength));

    /// <summary>This thread's own, empty.</summary>
    internal static JsonbWriter Rent()
    {
        var writer = mine ??= new JsonbWriter();
        writer.output.Length = writer.names.Length = 0;
        writer.members.Clear();
        writer.top = default;
        return writer;
    }

    internal void Write(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader);
                break;
            case JsonTokenType.String:
                WriteString(ref reader);
                break;
            case JsonTokenType.Number when reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9'):
                output.Add(Encoding.UTF8.GetBytes(JsonbNumber.Text(Encoding.UTF8.GetString(reader.ValueSpan), property: null)));
                break;
            default:
                output.Add(reader.ValueSpan);
                break;
        }
    }

    private void WriteObject(ref Utf8JsonReader reader)
    {
        output.Add("{"u8);
        var (first, from) = (members.Count, output.Length);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (start, name) = (output.Length, names.Length);
            names.Add(Text(ref reader));
            if (reader.CurrentDepth == 1)
            {
                top = new Member(name, names.Length - name, start, 0);
            }

            WriteQuoted(names.Span[name..]);
            output.Add(": "u8);
            var nameLength = names.Length - name;
            reader.Read();
            Write(ref reader);
            members.Add(new Member(name, nameLength, start, output.Length - start));
        }

        InOrder(first, from);
        members.RemoveRange(first, members.Count - first);
        output.Add("}"u8);
    }

    /// <summary>jsonb keeps the last of equal names and sorts by length, then by bytes.</summary>
    private void InOrder(int first, int from)
    {
        moving.Length = 0;
        moving.Add(output.Span[from..]);
        output.Length = from;
        var sorted = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members)[first..];
        sorted.Sort(Compare);
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i + 1 < sorted.Length && NameOf(sorted[i]).SequenceEqual(NameOf(sorted[i + 1])))
            {
                continue;
            }

            if (output.Length > from)
            {
                output.Add(", "u8);
            }

            output.Add(moving.Span.Slice(sorted[i].Start - from, sorted[i].Length));
        }
    }

    private int Compare(Member a, Member b)
    {
        var byLength = a.NameLength.CompareTo(b.NameLength);
        var byBytes = byLength != 0 ? byLength : NameOf(a).SequenceCompareTo(NameOf(b));

        return byBytes != 0 ? byBytes : a.Start.CompareTo(b.Start);
    }

    private ReadOnlySpan<byte> NameOf(in Member member) => names.Span.Slice(member.NameStart, member.NameLength);

    private void WriteArray(ref Utf8JsonReader reader)
    {
        output.Add("["u8);
        var from = output.Length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (output.Length > from)
            {
                output.Add(", "u8);
            }

            Write(ref reader);
        }

        output.Add("]"u8);
    }

    private void WriteString(ref Utf8JsonReader reader) => WriteQuoted(Text(ref reader));

    private void WriteQuoted(ReadOnlySpan<byte> text)
    {
        output.Add("\""u8);
        for (int next; (next = text.IndexOfAny(MustEscape)) >= 0; text = text[(next + 1)..])
        {
            output.Add(text[..next]);
            output.Add(Escaped(text[next]));
        }

        output.Add(text);
        output.Add("\""u8);
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
    private static ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        var text = new byte[reader.ValueSpan.Length];
        try
        {
            var unescaped = text.AsSpan(0, reader.CopyString(text));
            return unescaped.Contains((byte)0) ? throw StorableText.Refused(property: null) : unescaped;
        }
        catch (InvalidOperationException error)
        {
            throw StorableText.Refused(property: null, error);
        }
    }
}

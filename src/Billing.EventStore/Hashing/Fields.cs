using System.Buffers.Binary;
using System.Text;

namespace Billing.EventStore;

/// <summary>Joins fields so that no two different lists of fields give the same bytes: each has its length in front (4 bytes, big-endian), null has length -1.</summary>
internal sealed class Fields
{
    private readonly Bytes buffer = new();

    internal ReadOnlySpan<byte> Bytes => buffer.Span;

    internal Fields Clear()
    {
        buffer.Length = 0;
        return this;
    }

    internal Fields Add(string? text)
    {
        if (text is null)
        {
            return Length(-1);
        }

        var room = buffer.Room(sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length));
        return Written(room, Encoding.UTF8.GetBytes(text, room[sizeof(int)..]));
    }

    internal Fields Add(long number) => AddFormatted(number);

    internal Fields Add(Guid id) => AddFormatted(id);

    internal Fields Add(ReadOnlySpan<byte> utf8)
    {
        Length(utf8.Length);
        buffer.Add(utf8);
        return this;
    }

    // Decimal digits; ids hyphenated, lower case.
    private Fields AddFormatted<T>(T value)
        where T : IUtf8SpanFormattable
    {
        var room = buffer.Room(64);
        value.TryFormat(room[sizeof(int)..], out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        return Written(room, length);
    }

    private Fields Written(Span<byte> room, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(room, length);
        buffer.Length += sizeof(int) + length;
        return this;
    }

    private Fields Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.Room(sizeof(int)), length);
        buffer.Length += sizeof(int);
        return this;
    }
}

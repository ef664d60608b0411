using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Billing.EventStore;

/// <summary>Joins fields so that no two different lists of fields give the same bytes: each has its length in front (4 bytes, big-endian), null has length -1.</summary>
internal sealed class Fields
{
    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    internal ReadOnlySpan<byte> Bytes => buffer.WrittenSpan;

    /// <summary>Begins another list in the same memory.</summary>
    internal Fields Clear()
    {
        buffer.ResetWrittenCount();
        return this;
    }

    internal Fields Add(string? text)
    {
        if (text is null)
        {
            return Length(-1);
        }

        Length(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, buffer);
        return this;
    }

    internal Fields Add(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return Add(digits[..length]);
    }

    internal Fields Add(Guid id)
    {
        Span<byte> text = stackalloc byte[36];
        id.TryFormat(text, out _, "D");
        return Add(text);
    }

    internal Fields Add(scoped ReadOnlySpan<byte> utf8)
    {
        Length(utf8.Length);
        buffer.Write(utf8);
        return this;
    }

    private Fields Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(sizeof(int)), length);
        buffer.Advance(sizeof(int));
        return this;
    }
}

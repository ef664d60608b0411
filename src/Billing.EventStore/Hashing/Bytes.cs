namespace Billing.EventStore;

/// <summary>A buffer that grows, and can be cut back.</summary>
internal sealed class Bytes
{
    private byte[] buffer = new byte[1024];

    internal int Length { get; set; }

    internal ReadOnlySpan<byte> Span => buffer.AsSpan(0, Length);

    internal void Add(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Room(more.Length));
        Length += more.Length;
    }

    /// <summary>At least that much free space after what is written; add to <see cref="Length"/> what was used of it.</summary>
    internal Span<byte> Room(int size)
    {
        if (buffer.Length - Length < size)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + size));
        }

        return buffer.AsSpan(Length);
    }
}

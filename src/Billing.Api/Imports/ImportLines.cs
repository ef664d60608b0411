using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Billing.Domain;

namespace Billing.Api.Imports;

/// <summary>The lines of a file, without those that are blank.</summary>
internal static class ImportLines
{
    public const int MostRows = 500_000;
    public const int MostBytesOfRow = 4_096;
    public const long MostBytes = 256L * 1024 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file as it arrives; no more of it is held than a line.</summary>
    /// <exception cref="RuleViolation">import_too_large, row_too_long.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        PipeReader file, [EnumeratorCancellation] CancellationToken ct)
    {
        var (isFirst, bytes) = (true, 0L);
        ReadResult? open = null;

        try
        {
            while (true)
            {
                var read = await file.ReadAsync(ct);
                open = read;
                var rest = read.Buffer;

                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    var line = LineOf(rest.Slice(0, end), isFirst);
                    bytes += rest.Slice(0, end).Length + 1;
                    rest = rest.Slice(rest.GetPosition(1, end));
                    isFirst = false;

                    if (!line.IsEmpty)
                    {
                        yield return bytes <= MostBytes ? line : throw TooLarge();
                    }
                }

                if (read.IsCompleted)
                {
                    if (LineOf(rest, isFirst) is { IsEmpty: false } last)
                    {
                        yield return last;
                    }

                    yield break;
                }

                CheckLength(rest.Length);
                file.AdvanceTo(rest.Start, rest.End);
                open = null;
            }
        }
        finally
        {
            // A file that is refused is not read to its end: the server reads on.
            if (open is { Buffer: var unread })
            {
                file.AdvanceTo(unread.End);
            }
        }
    }

    public static RuleViolation TooLarge() => new(
        "import_too_large", $"A file has at most {MostRows} rows and {MostBytes / (1024 * 1024)} MB: divide it.");

    private static ReadOnlyMemory<byte> LineOf(ReadOnlySequence<byte> sequence, bool isFirst)
    {
        CheckLength(sequence.Length);
        ReadOnlyMemory<byte> line = sequence.ToArray();

        if (isFirst && line.Span.StartsWith(ByteOrderMark))
        {
            line = line[ByteOrderMark.Length..];
        }

        line = line.TrimEnd((byte)'\r');

        return line.Span.ContainsAnyExcept((byte)' ', (byte)'\t') ? line : default;
    }

    private static void CheckLength(long length)
    {
        if (length > MostBytesOfRow)
        {
            throw new RuleViolation("row_too_long", $"A row has at most {MostBytesOfRow} bytes.");
        }
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Billing.Api.Hosting;

/// <summary>Where a page ended: opaque to callers, the sort key of its last row to us.</summary>
public static class Cursor
{
    private const int MostCharacters = 200;

    /// <param name="id">In the form that the list is sorted by: N of a Guid, or the merchant's own.</param>
    public static string Write(DateTimeOffset at, string id) => Encode($"{at.UtcTicks}_{id}");

    public static string Write(DateTimeOffset at, Guid id) => Write(at, $"{id:N}");

    /// <summary>Of a list that is sorted by a number alone.</summary>
    public static string Write(long number) => Encode($"{number}");

    public static bool TryRead(string text, out (DateTimeOffset At, Guid Id) cursor)
    {
        cursor = default;

        if (!TryRead(text, out (DateTimeOffset At, string Id) read) || !Guid.TryParseExact(read.Id, "N", out var id))
        {
            return false;
        }

        cursor = (read.At, id);

        return true;
    }

    public static bool TryRead(string text, out (DateTimeOffset At, string Id) cursor)
    {
        cursor = default;

        if (Decode(text)?.Split('_', 2) is not [var ticks, { Length: > 0 } id]
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var utcTicks)
            || utcTicks > DateTime.MaxValue.Ticks || id.Any(char.IsControl))
        {
            return false;
        }

        cursor = (new DateTimeOffset(utcTicks, TimeSpan.Zero), id);

        return true;
    }

    public static bool TryRead(string text, out long number) =>
        long.TryParse(Decode(text), NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Encode(FormattableString key) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(FormattableString.Invariant(key)));

    private static string? Decode(string text) => text.Length <= MostCharacters && Base64Url.IsValid(text)
        ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text))
        : null;
}

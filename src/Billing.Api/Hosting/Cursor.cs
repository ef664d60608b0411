using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Billing.Api.Hosting;

/// <summary>Where a page ended: opaque to callers, a key of the index to us.</summary>
public static class Cursor
{
    public static string Write(DateTimeOffset at, Guid id) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks}_{id:N}")));

    public static bool TryRead(string text, out (DateTimeOffset At, Guid Id) cursor)
    {
        cursor = default;

        if (text.Length > 200 || !Base64Url.IsValid(text))
        {
            return false;
        }

        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('_');

        if (parts is not [var ticks, var id] || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var utcTicks)
            || utcTicks > DateTime.MaxValue.Ticks || !Guid.TryParseExact(id, "N", out var guid))
        {
            return false;
        }

        cursor = (new DateTimeOffset(utcTicks, TimeSpan.Zero), guid);

        return true;
    }
}

using System.Globalization;

namespace Billing.Api.Hosting;

/// <summary>Times in requests: date, time and offset, as RFC 3339 has them. Nothing is guessed.</summary>
public static class Rfc3339
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <param name="text">For example 2026-01-31T09:00:00Z or 2026-01-31T09:00:00+01:00.</param>
    public static bool TryParse(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}

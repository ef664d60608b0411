using System.Globalization;

namespace Billing.Sandbox.Settings;

/// <summary>Reads an RFC 3339 instant; null when it is none.</summary>
internal static class Instant
{
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var instant)
            ? instant
            : null;
}

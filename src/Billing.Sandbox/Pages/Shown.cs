using System.Globalization;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Pages;

/// <summary>Amounts, times and people as a page shows them.</summary>
internal static class Shown
{
    /// <summary>Hundredths, as the gateway counts every currency (docs/globalpay.md section 4).</summary>
    public static string Money(long? hundredths, string? currency) =>
        hundredths is { } amount
            ? string.Create(CultureInfo.InvariantCulture, $"{amount / 100:N0}.{amount % 100:00} {currency}").TrimEnd()
            : "";

    public static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The gateway's 14 digits as a time; anything else as it is.</summary>
    public static string Stamp(string? stamp) =>
        DateTimeOffset.TryParseExact(
            stamp, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Time(at)
            : stamp ?? "";

    public static string Name(Customer? customer) => $"{customer?.FirstName} {customer?.LastName}".Trim();
}

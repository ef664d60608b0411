using System.Globalization;
using Billing.Domain;

namespace Billing.Api.GlobalPay;

/// <summary>Query parameters as GlobalPay takes them: names in any case (GLOBALPAY.md section 1), empty means not given.</summary>
public static class GlobalPayQuery
{
    /// <exception cref="RuleViolation">2: not a number in range.</exception>
    public static int Number(IQueryCollection query, string name, int fallback, int least, int most) =>
        Optional(query, name, least, most) ?? fallback;

    /// <inheritdoc cref="Number"/>
    public static int? Optional(IQueryCollection query, string name, int least, int most) => Text(query, name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
        _ => throw new RuleViolation("2", $"Validation failed: {name} must be a number from {least} to {most}."),
    };

    /// <summary>Fourteen digits, yyyyMMddHHmmss, as the gateway writes its times.</summary>
    /// <inheritdoc cref="Number"/>
    public static string? Time(IQueryCollection query, string name) => Text(query, name) switch
    {
        null => null,
        { Length: 14 } text when text.All(char.IsAsciiDigit) => text,
        _ => throw new RuleViolation("2", $"Validation failed: {name} must have the form yyyyMMddHHmmss."),
    };

    // ASP.NET Core's query names are case-insensitive already.
    public static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 and <= 200 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
}

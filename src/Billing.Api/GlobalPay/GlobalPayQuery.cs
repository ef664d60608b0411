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

    /// <summary>Null when not given. A value that cannot be one is refused, never ignored: a filter that does not filter shows a stranger's idea of the truth.</summary>
    /// <exception cref="RuleViolation">2: longer than 200 characters, or not text.</exception>
    // ASP.NET Core's query names are case-insensitive already.
    public static string? Text(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        { Length: <= 200 } text when !text.Contains('\0', StringComparison.Ordinal) => text,
        _ => throw new RuleViolation("2", $"Validation failed: {name} must be at most 200 characters of text."),
    };
}

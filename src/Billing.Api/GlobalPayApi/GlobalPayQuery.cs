using System.Globalization;
using Billing.Domain;

namespace Billing.Api.GlobalPayApi;

/// <summary>Query parameters: names in any case (docs/globalpay.md section 1); empty means not given.</summary>
public static class GlobalPayQuery
{
    // ASP.NET Core's query names are case-insensitive already.
    private const int MostCharacters = 200;

    /// <exception cref="RuleViolation">2: not a number in range.</exception>
    public static int Number(IQueryCollection query, string name, int fallback, int least, int most) =>
        Optional(query, name, least, most) ?? fallback;

    /// <inheritdoc cref="Number"/>
    public static int? Optional(IQueryCollection query, string name, int least, int most) => Text(query, name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most => number,
        _ => throw new RuleViolation("2", $"Validation failed: {name} must be a number from {least} to {most}."),
    };

    /// <summary>The gateway's numeric id in a path.</summary>
    /// <returns>Null for what is no such number: nothing has that id.</returns>
    public static int? Id(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Fourteen digits, yyyyMMddHHmmss, as the gateway writes its times.</summary>
    /// <inheritdoc cref="Number"/>
    public static string? Time(IQueryCollection query, string name) => Text(query, name) switch
    {
        null => null,
        { Length: 14 } text when text.All(char.IsAsciiDigit) => text,
        _ => throw new RuleViolation("2", $"Validation failed: {name} must have the form yyyyMMddHHmmss."),
    };

    /// <returns>Null when it is not given.</returns>
    /// <exception cref="RuleViolation">
    /// 2: longer than any value, or holds NUL. To ignore the filter would show everything.
    /// </exception>
    public static string? Text(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        { Length: <= MostCharacters } text when !text.Contains('\0', StringComparison.Ordinal) => text,
        _ => throw new RuleViolation(
            "2", $"Validation failed: {name} must have at most {MostCharacters} characters, none of them NUL."),
    };
}

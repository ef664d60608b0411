using System.Globalization;
using System.Text.RegularExpressions;

namespace Billing.Sandbox.Clock;

/// <summary>A forward ISO 8601 duration, calendar parts included: P1M from 31 January is 28 or 29 February.</summary>
internal static partial class IsoDuration
{
    /// <summary>Null when the text is not a duration or leads out of the calendar.</summary>
    public static DateTimeOffset? After(DateTimeOffset start, string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success || text.EndsWith('T') || text == "P")
        {
            return null;
        }

        try
        {
            return start
                .AddMonths((int)((Part(match, "y") * 12) + Part(match, "m")))
                .AddDays((Part(match, "w") * 7) + Part(match, "d"))
                .AddHours(Part(match, "h"))
                .AddMinutes(Part(match, "min"))
                .AddSeconds(Part(match, "s"));
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static double Part(Match match, string name) =>
        match.Groups[name] is { Success: true } group ? double.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"^P(?:(?<y>\d{1,4})Y)?(?:(?<m>\d{1,5})M)?(?:(?<w>\d{1,6})W)?(?:(?<d>\d{1,7})D)?"
        + @"(?:T(?:(?<h>\d{1,8})H)?(?:(?<min>\d{1,9})M)?(?:(?<s>\d{1,9}(?:\.\d{1,7})?)S)?)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

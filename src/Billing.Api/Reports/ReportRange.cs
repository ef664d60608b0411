using System.Globalization;
using Billing.Domain;

namespace Billing.Api.Reports;

/// <summary>From when to when a report is asked for, both included.</summary>
public static class ReportRange
{
    private const int MostDays = 3_660;
    private const int MostMonths = 120;
    private const int DefaultDays = 30;
    private const int DefaultMonths = 12;

    /// <param name="from">yyyy-MM-dd; null: 29 days before <paramref name="to"/>.</param>
    /// <param name="to">yyyy-MM-dd; null: <paramref name="today"/>.</param>
    /// <exception cref="RuleViolation">date_invalid, range_invalid.</exception>
    public static (DateOnly From, DateOnly To) Days(string? from, string? to, DateOnly today)
    {
        var last = to is null ? today : Day(to);
        var first = from is null ? last.AddDays(1 - DefaultDays) : Day(from);

        return Checked(first, last, last.DayNumber - first.DayNumber + 1, MostDays, "days");
    }

    /// <param name="from">yyyy-MM; null: eleven months before <paramref name="to"/>.</param>
    /// <param name="to">yyyy-MM; null: the month of <paramref name="today"/>.</param>
    /// <returns>The first days of both months.</returns>
    /// <exception cref="RuleViolation">month_invalid, range_invalid.</exception>
    public static (DateOnly From, DateOnly To) Months(string? from, string? to, DateOnly today)
    {
        var last = to is null ? new DateOnly(today.Year, today.Month, 1) : Month(to);
        var first = from is null ? last.AddMonths(1 - DefaultMonths) : Month(from);

        return Checked(first, last, Between(first, last), MostMonths, "months");
    }

    /// <summary>How many months there are, both included.</summary>
    public static int Between(DateOnly first, DateOnly last) =>
        ((last.Year - first.Year) * 12) + last.Month - first.Month + 1;

    public static string MonthOf(DateOnly day) => day.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static (DateOnly, DateOnly) Checked(DateOnly first, DateOnly last, int count, int most, string unit) =>
        count < 1 ? throw new RuleViolation("range_invalid", "'from' must not lie after 'to'.")
        : count > most
            ? throw new RuleViolation("range_invalid", $"A report covers at most {most} {unit}, not {count}.")
        : (first, last);

    private static DateOnly Day(string text) => Read(text, "yyyy-MM-dd")
        ?? throw new RuleViolation("date_invalid", "'from' and 'to' must be dates like 2026-01-31, from 2000 to 2999.");

    private static DateOnly Month(string text) => Read(text, "yyyy-MM")
        ?? throw new RuleViolation("month_invalid", "'from' and 'to' must be months like 2026-01, from 2000 to 2999.");

    private static DateOnly? Read(string text, string format) =>
        DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is >= 2000 and <= 2999
            ? day
            : null;
}

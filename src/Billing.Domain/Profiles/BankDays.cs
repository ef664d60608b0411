namespace Billing.Domain.Profiles;

/// <summary>Days on which banks do not move money.</summary>
public static class BankDays
{
    /// <summary>The first day from <paramref name="day"/> on that is none of those that the rule avoids.</summary>
    public static DateOnly Roll(DateOnly day, DateRoll rule)
    {
        while (Rests(day, rule))
        {
            day = day.AddDays(1);
        }

        return day;
    }

    private static bool Rests(DateOnly day, DateRoll rule) => rule is not DateRoll.None
        && (
            day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday
                || (rule is DateRoll.Target2 && IsTarget2Holiday(day)));

    // New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December: the calendar of the ECB since 2002.
    private static bool IsTarget2Holiday(DateOnly day) =>
        (day.Month, day.Day) is (1, 1) or (5, 1) or (12, 25) or (12, 26)
        || (
            day.Month is 3 or 4 && EasterSunday(day.Year) is var easter
                && (day == easter.AddDays(-2) || day == easter.AddDays(1)));

    // The Gregorian computus, as published by Meeus, Jones and Butcher.
    private static DateOnly EasterSunday(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
        var g = (b - f + 1) / 3;
        var h = ((19 * a) + b - d - g + 15) % 30;
        var (i, k) = (c / 4, c % 4);
        var l = (32 + (2 * e) + (2 * i) - h - k) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var month = (h + l - (7 * m) + 114) / 31;

        return new DateOnly(year, month, ((h + l - (7 * m) + 114) % 31) + 1);
    }
}

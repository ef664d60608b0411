namespace Billing.Domain.Scheduling;

/// <summary>
/// The dates anchor + n periods, n = 0, 1, 2…, each computed from the anchor, so that the 31st returns after a
/// February.
/// </summary>
internal readonly record struct DueSeries(DateOnly AnchorOn, int Every, ScheduleUnit Unit)
{
    private bool IsMonthly => Unit is ScheduleUnit.Month or ScheduleUnit.Year;

    // In months where months are counted, else in days.
    private long Step => Unit switch
    {
        ScheduleUnit.Day => Every,
        ScheduleUnit.Week => 7L * Every,
        ScheduleUnit.Month => Every,
        ScheduleUnit.Year => 12L * Every,
        _ => throw new InvalidOperationException($"No series by {Unit}."),
    };

    /// <returns>The date number <paramref name="n"/>, or null past <see cref="ScheduleRules.LastDate"/>.</returns>
    public DateOnly? At(long n)
    {
        var distance = n * Step;
        if (distance > Distance(ScheduleRules.LastDate))
        {
            return null;
        }

        return IsMonthly ? AnchorOn.AddMonths((int)distance) : AnchorOn.AddDays((int)distance);
    }

    /// <returns>The smallest n of at least 0 whose date lies strictly after <paramref name="date"/>.</returns>
    public long FirstAfter(DateOnly date)
    {
        if (date < AnchorOn)
        {
            return 0;
        }

        // Counted in whole months, n's month is the date's or an earlier one, n + 1's a later one; only n's day is
        // open.
        var n = Distance(date) / Step;
        return At(n) <= date ? n + 1 : n;
    }

    /// <summary>
    /// The anchor of a series through <paramref name="start"/> that keeps to a day of the month, also where the month
    /// of <paramref name="start"/> is too short for it.
    /// </summary>
    /// <param name="day">Day of the month, 1 to 31; ignored where days or weeks are counted.</param>
    /// <returns>The start itself, or an earlier date of the same series whose month is long enough.</returns>
    public static DateOnly AnchorThrough(DateOnly start, int day, int every, ScheduleUnit unit)
    {
        var series = new DueSeries(start, every, unit);
        var anchor = start;

        for (var n = 1; series.IsMonthly && anchor.Day < day && n <= MostStepsToALongMonth; n++)
        {
            var month = start.AddMonths((int)(-n * series.Step));
            var length = DateTime.DaysInMonth(month.Year, month.Month);
            anchor = anchor.Day < Math.Min(day, length) ? new(month.Year, month.Month, Math.Min(day, length)) : anchor;
        }

        return anchor;
    }

    // Every month that a series reaches comes within 12 steps, and a leap year among its years within 8.
    private const int MostStepsToALongMonth = 12;

    private long Distance(DateOnly date) => IsMonthly
        ? (12L * (date.Year - AnchorOn.Year)) + date.Month - AnchorOn.Month
        : date.DayNumber - AnchorOn.DayNumber;
}

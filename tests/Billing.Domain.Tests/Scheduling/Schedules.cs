using Billing.Domain.Scheduling;
using FsCheck;
using FsCheck.Fluent;

namespace Billing.Domain.Tests.Scheduling;

/// <summary>Example and random schedules, and a slow calendar that knows nothing of how the real one works.</summary>
internal static class Schedules
{
    public static readonly string[] Zones =
    [
        "America/Sao_Paulo", "Europe/Amsterdam", "Asia/Seoul", "Africa/Cairo", "America/Havana",
        "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe", "UTC",
    ];

    public static readonly DateTimeOffset Opened = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static ScheduleTerms Monthly(DateOnly? firstDueOn) => new(4990, "BRL", 1, ScheduleUnit.Month, firstDueOn);

    public static Schedule Resolved(this ScheduleTerms terms, DateOnly? lastDecided = null) =>
        Schedule.Resolve(terms, 1, Opened, "UTC", lastDecided);

    /// <summary>All due dates, one after the other, at most <paramref name="count"/>.</summary>
    public static IEnumerable<DateOnly> Walk(this Schedule schedule, int count)
    {
        var due = schedule.DueOnAfter(null);
        for (var n = 0; n < count && due is { } on; n++)
        {
            yield return on;
            due = schedule.DueOnAfter(on);
        }
    }

    /// <summary>The dates of a series by counting, up to and including <paramref name="until"/>.</summary>
    public static IEnumerable<DateOnly> Naive(DateOnly anchor, int every, ScheduleUnit unit, DateOnly until)
    {
        var (year, month, date) = (anchor.Year, anchor.Month, anchor);
        while (date <= until)
        {
            yield return date;
            for (var step = 0; step < every; step++)
            {
                switch (unit)
                {
                    case ScheduleUnit.Day: date = date.AddDays(1); break;
                    case ScheduleUnit.Week: date = date.AddDays(7); break;
                    case ScheduleUnit.Month: (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1); break;
                    case ScheduleUnit.Year: year++; break;
                }
            }

            if (unit is ScheduleUnit.Month or ScheduleUnit.Year)
            {
                date = new DateOnly(year, month, Math.Min(anchor.Day, DateTime.DaysInMonth(year, month)));
            }
        }
    }

    public static Gen<DateOnly> Dates(int fromYear, int toYear) =>
        Gen.Choose(new DateOnly(fromYear, 1, 1).DayNumber, new DateOnly(toYear, 12, 31).DayNumber)
            .Select(DateOnly.FromDayNumber);

    /// <summary>Any allowed terms without an end; days late in the month and 29 February come up often.</summary>
    public static Gen<ScheduleTerms> Endless() =>
        from unit in Gen.Elements(Enum.GetValues<ScheduleUnit>())
        from every in Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, ScheduleRules.MaxEvery(unit)))
        from day in Gen.OneOf(Gen.Choose(1, 31), Gen.Choose(28, 31))
        from year in Gen.Choose(2005, 2030)
        from month in Gen.Elements(1, 3, 5, 7, 8, 10, 12)
        from anchor in Gen.Frequency(
            (9, Gen.Constant(new DateOnly(year, month, day))),
            (1, Gen.Elements(new DateOnly(2008, 2, 29), new DateOnly(2028, 2, 29))))
        from zone in Gen.Elements(Zones)
        select new ScheduleTerms(4990, "BRL", every, unit, anchor, zone);

    /// <summary>Runs a property over random cases of three kinds; the message of a failure names the case.</summary>
    public static void Always<TA, TB, TC>(Gen<TA> a, Gen<TB> b, Gen<TC> c, Action<TA, TB, TC> check) => Prop
        .ForAll(Arb.From(from x in a from y in b from z in c select (x, y, z)), all => check(all.x, all.y, all.z))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}

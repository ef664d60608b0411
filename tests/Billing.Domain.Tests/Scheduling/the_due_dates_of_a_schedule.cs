using Billing.Domain.Scheduling;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Scheduling.Schedules;

namespace Billing.Domain.Tests.Scheduling;

[Keeps(Promise.NothingDueIsForgotten)]
public class the_due_dates_of_a_schedule
{
    private static readonly FsCheck.Gen<DateOnly> AnyDay = Dates(2000, 2045);

    [Theory]
    [InlineData(ScheduleUnit.Day)]
    [InlineData(ScheduleUnit.Week)]
    [InlineData(ScheduleUnit.Month)]
    [InlineData(ScheduleUnit.Year)]
    public void for_every_anchor_day_they_are_those_of_a_calendar_counted_by_hand(ScheduleUnit unit)
    {
        for (var day = 1; day <= 31; day++)
        {
            var anchor = new DateOnly(2026, 1, day);
            var expected = Naive(anchor, 1, unit, anchor.AddYears(10)).ToList();

            Assert.Equal(expected, new ScheduleTerms(1, "EUR", 1, unit, anchor).Resolved().Walk(expected.Count));
        }
    }

    [Fact]
    public void they_are_those_of_a_calendar_counted_by_hand_strictly_rising_and_without_a_gap() =>
        Always(Endless(), AnyDay, AnyDay, (terms, _, _) =>
        {
            var expected = Naive(terms.FirstDueOn!.Value, terms.Every, terms.Unit, terms.FirstDueOn.Value.AddYears(10))
                .ToList();
            var walked = terms.Resolved().Walk(expected.Count).ToList();

            Assert.Equal(expected, walked);
            Assert.All(walked.Zip(walked.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        });

    [Fact]
    public void they_keep_the_anchor_day_in_every_month_that_has_it() =>
        Always(Endless(), AnyDay, AnyDay, (terms, _, _) =>
        {
            if (terms.Unit is ScheduleUnit.Month or ScheduleUnit.Year)
            {
                Assert.All(terms.Resolved().Walk(50), due =>
                    Assert.Equal(
                        Math.Min(terms.FirstDueOn!.Value.Day, DateTime.DaysInMonth(due.Year, due.Month)), due.Day));
            }
        });

    [Fact]
    public void the_next_one_is_the_same_from_whatever_day_one_asks() =>
        Always(Endless(), AnyDay, AnyDay, (terms, day, _) =>
        {
            var next = terms.Resolved().DueOnAfter(day);

            Assert.Equal(
                Naive(terms.FirstDueOn!.Value, terms.Every, terms.Unit, new DateOnly(2070, 1, 1))
                    .First(due => due > day),
                next);
        });

    [Fact]
    public void the_last_one_is_the_same_from_whatever_day_one_asks() =>
        Always(Endless(), AnyDay, AnyDay, (terms, day, _) =>
        {
            var passed = Naive(terms.FirstDueOn!.Value, terms.Every, terms.Unit, day).Cast<DateOnly?>().LastOrDefault();

            Assert.Equal(passed, terms.Resolved().LastDueOnOrBefore(day));
        });

    [Fact]
    public void they_end_with_the_last_day_included() =>
        Always(Endless(), AnyDay, AnyDay, (terms, day, asked) =>
        {
            var schedule = (terms with { EndsOn = day }).Resolved();
            var expected = Naive(terms.FirstDueOn!.Value, terms.Every, terms.Unit, day).ToList();

            Assert.Equal(expected, schedule.Walk(int.MaxValue));
            Assert.Equal(
                expected.Where(due => due <= asked).Cast<DateOnly?>().LastOrDefault(),
                schedule.LastDueOnOrBefore(asked));
        });

    [Fact]
    public void a_revision_starts_strictly_after_what_was_decided_on_a_date_of_its_own_series() =>
        Always(Endless(), AnyDay, Gen.Constant(0), (terms, decided, _) =>
        {
            var revised = terms.Resolved(lastDecided: decided);

            Assert.Equal(terms.FirstDueOn, revised.AnchorOn);
            Assert.True(revised.FirstDueOn > decided);
            Assert.Equal(revised.FirstDueOn, revised.DueOnAfter(null));
            Assert.Equal(revised.FirstDueOn, terms.Resolved().DueOnAfter(decided < terms.FirstDueOn ? null : decided));
        });

    [Theory]
    [InlineData(ScheduleUnit.Day, 366)]
    [InlineData(ScheduleUnit.Week, 104)]
    [InlineData(ScheduleUnit.Month, 60)]
    [InlineData(ScheduleUnit.Year, 10)]
    public void they_stop_at_the_end_of_the_calendar_instead_of_overflowing(ScheduleUnit unit, int every)
    {
        var schedule = new ScheduleTerms(1, "EUR", every, unit, new DateOnly(2000, 1, 31)).Resolved();
        var all = schedule.Walk(int.MaxValue).ToList();

        Assert.True(all[^1] <= ScheduleRules.LastDate);
        Assert.Null(schedule.DueOnAfter(DateOnly.MaxValue));
        Assert.Equal(all[^1], schedule.LastDueOnOrBefore(DateOnly.MaxValue));
        Assert.Equal(all[0], schedule.DueOnAfter(DateOnly.MinValue));
        Assert.Null(schedule.LastDueOnOrBefore(DateOnly.MinValue));
        Assert.Null(new ScheduleTerms(1, "EUR", every, unit, all[^1]).Resolved(lastDecided: all[^1]).DueOnAfter(null));
    }
}

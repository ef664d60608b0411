using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

// Schedules as they are lived: swept, decided, charged, against a calendar that counts by hand.
[Keeps(Promise.NothingDueIsForgotten)]
public class ten_years_of_a_schedule
{
    private static readonly string[] EveryZone = [.. DateTimeZoneProviders.Tzdb.Ids];

    [Theory]
    [InlineData(ScheduleUnit.Day)]
    [InlineData(ScheduleUnit.Week)]
    [InlineData(ScheduleUnit.Month)]
    [InlineData(ScheduleUnit.Year)]
    public void charge_each_local_period_once_whatever_the_anchor_day(ScheduleUnit unit)
    {
        // A daily one passes over every other anchor.
        foreach (var day in unit is ScheduleUnit.Day ? [31] : Enumerable.Range(1, 31))
        {
            var terms = Monthly with
            {
                Unit = unit,
                FirstDueOn = new(2024, 1, day),
                TimeZone = EveryZone[day * 19 % EveryZone.Length],
                CatchUp = CatchUp.BillAll,
            };
            var until = terms.FirstDueOn.Value.AddYears(10);
            var life = new ScheduleLife(terms);
            life.Live(_ => TimeSpan.Zero, until);

            Assert.Equal(Schedules.Naive(terms.FirstDueOn.Value, 1, unit, until), life.Charged);
            Assert.All(
                life.Requested,
                e => Assert.Equal(e.Charge.Period!.Value.DueOn, life.State.Schedule!.LocalDate(e.HappenedAt)));
        }
    }

    [Fact]
    public void charge_each_local_period_once_in_any_zone_however_late_the_sweep_comes() => Prop
        .ForAll(
            Arb.From(
                from terms in Schedules.Endless()
                from zone in Gen.Elements(EveryZone)
                from hours in Gen.ArrayOf(Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, 2000))), 7)
                select (terms, zone, hours)),
            it =>
            {
                var terms = it.terms with { TimeZone = it.zone, CatchUp = CatchUp.BillAll, Periods = 100 };
                var until = terms.FirstDueOn!.Value.AddYears(10);
                var life = new ScheduleLife(terms);
                life.Live(n => TimeSpan.FromHours(it.hours[n % it.hours.Length]), until);

                Assert.Equal(
                    Schedules.Naive(terms.FirstDueOn.Value, terms.Every, terms.Unit, until).Take(100),
                    life.Charged.Where(date => date <= until));
                Assert.All(
                    life.Requested,
                    e => Assert.True(e.HappenedAt >= life.State.Schedule!.DueAt(e.Charge.Period!.Value.DueOn)));
            })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    // A day begins once and holds no instant of another day, unless the zone left a day out.
    [Fact]
    public void begin_each_day_once_in_every_zone_of_the_tz_database()
    {
        foreach (var zone in EveryZone)
        {
            var schedule = (Schedules.Monthly(new DateOnly(2024, 1, 1)) with { TimeZone = zone }).Resolved();
            var (day, last) = (new DateOnly(2024, 1, 1), schedule.DueAt(new DateOnly(2023, 12, 31)));

            for (; day.Year < 2034; day = day.AddDays(1))
            {
                var begin = schedule.DueAt(day);
                Assert.True(
                    begin > last
                    && schedule.LocalDate(begin) == day && schedule.LocalDate(begin.AddTicks(-1)) == day.AddDays(-1),
                    $"{zone} {day:yyyy-MM-dd}");
                last = begin;
            }
        }
    }

    [Fact]
    public void decide_each_due_date_once_however_they_are_changed_paused_and_skipped() => Prop
        .ForAll(
            Arb.From(
                from terms in Schedules.Endless()
                from zone in Gen.Elements(EveryZone)
                from rule in Gen.Elements(Enum.GetValues<CatchUp>())
                from whims in Gen.ArrayOf(Gen.Choose(0, 999), 60)
                select (terms, zone, rule, whims)),
            it =>
            {
                var life = new ScheduleLife(it.terms with { TimeZone = it.zone, CatchUp = it.rule });

                foreach (var whim in it.whims)
                {
                    life.Follow(whim);

                    if (whim % 8 == 3)
                    {
                        life.Plan(whim);
                    }
                }

                life.AssertEachDecidedOnce();
            })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}

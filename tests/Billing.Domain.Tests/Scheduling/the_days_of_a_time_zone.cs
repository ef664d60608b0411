using System.Globalization;
using Billing.Domain.Scheduling;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Scheduling.Schedules;

namespace Billing.Domain.Tests.Scheduling;

[Keeps(Promise.NothingDueIsForgotten)]
public class the_days_of_a_time_zone
{
    public static TheoryData<string> AllZones => [.. Zones, "Pacific/Fakaofo"];

    [Theory]
    [InlineData("Europe/Amsterdam", "2026-01-31", "2026-01-30T23:00Z")]
    [InlineData("Europe/Amsterdam", "2026-07-31", "2026-07-30T22:00Z")]
    [InlineData("Asia/Seoul", "2026-02-28", "2026-02-27T15:00Z")]
    [InlineData("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-01-01", "2025-12-31T13:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-07-01", "2026-06-30T13:30Z")]
    public void begin_at_its_midnight(string zone, string day, string instant) => Begins(zone, day, instant);

    [Theory]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z")]
    [InlineData("America/Havana", "2024-03-10", "2024-03-10T05:00Z")]
    [InlineData("Africa/Cairo", "2024-04-26", "2024-04-25T22:00Z")]
    [InlineData("America/Toronto", "1919-03-31", "1919-03-31T04:30Z")]
    public void begin_after_the_gap_where_the_clock_jumps_over_midnight(string zone, string day, string instant) =>
        Begins(zone, day, instant);

    [Theory]
    [InlineData("America/Havana", "2024-11-03", "2024-11-03T04:00Z")]
    public void begin_at_the_first_midnight_where_there_are_two(string zone, string day, string instant) =>
        Begins(zone, day, instant);

    [Theory]
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z")]
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z")]
    [InlineData("Pacific/Fakaofo", "2011-12-30", "2011-12-30T11:00Z")]
    public void begin_with_the_next_day_where_the_zone_skipped_one(string zone, string day, string instant) =>
        Begins(zone, day, instant);

    [Theory]
    [MemberData(nameof(AllZones))]
    public void each_begin_with_the_first_instant_that_bears_their_date(string zone)
    {
        var schedule = (Monthly(new DateOnly(2026, 1, 1)) with { TimeZone = zone }).Resolved();
        for (var day = new DateOnly(2006, 1, 1); day.Year < 2031; day = day.AddDays(1))
        {
            var begin = schedule.DueAt(day);

            Assert.True(schedule.LocalDate(begin.AddTicks(-1)) < day);
            Assert.Equal(IsSkipped(zone, day) ? day.AddDays(1) : day, schedule.LocalDate(begin));
            Assert.Equal(TimeSpan.Zero, begin.Offset);
        }
    }

    [Fact]
    public void make_due_instants_rise_with_due_dates() =>
        Always(Endless(), Gen.Constant(0), Gen.Constant(0), (terms, _, _) =>
        {
            var schedule = terms.Resolved();
            var walked =
                schedule.Walk(100).Where(due => !IsSkipped(schedule.TimeZone, due)).Select(schedule.DueAt).ToList();

            Assert.All(walked.Zip(walked.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        });

    private static bool IsSkipped(string zone, DateOnly day) =>
        zone is "Pacific/Apia" or "Pacific/Fakaofo" && day == new DateOnly(2011, 12, 30);

    private static void Begins(string zone, string day, string instant) => Assert.Equal(
        DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture),
        (Monthly(new DateOnly(2026, 1, 1)) with { TimeZone = zone }).Resolved()
            .DueAt(DateOnly.Parse(day, CultureInfo.InvariantCulture)));
}

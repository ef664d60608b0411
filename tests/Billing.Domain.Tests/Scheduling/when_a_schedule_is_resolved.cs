using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Scheduling.Schedules;

namespace Billing.Domain.Tests.Scheduling;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_a_schedule_is_resolved
{
    private static readonly DateTimeOffset LateEvening = new(2026, 1, 31, 23, 30, 0, TimeSpan.Zero);

    [Fact]
    public void the_31st_returns_after_shorter_months() =>
        Assert.Equal(
            [On(2026, 1, 31), On(2026, 2, 28), On(2026, 3, 31), On(2026, 4, 30), On(2026, 5, 31)],
            Monthly(On(2026, 1, 31)).Resolved().Walk(5));

    [Fact]
    public void the_29th_of_february_returns_in_leap_years() =>
        Assert.Equal(
            [On(2024, 2, 29), On(2025, 2, 28), On(2026, 2, 28), On(2027, 2, 28), On(2028, 2, 29)],
            (Monthly(On(2024, 2, 29)) with { Unit = ScheduleUnit.Year }).Resolved().Walk(5));

    [Fact]
    public void a_first_due_date_left_out_is_the_day_of_opening_in_the_sites_zone() =>
        Assert.Equal(
            On(2026, 2, 1), Schedule.Resolve(Monthly(null), 1, LateEvening, "Asia/Seoul", null).DueOnAfter(null));

    [Fact]
    public void a_zone_of_its_own_wins_over_the_sites() =>
        Assert.Equal(
            On(2026, 1, 31),
            Schedule.Resolve(Monthly(null) with { TimeZone = "America/Sao_Paulo" }, 1, LateEvening, "Asia/Seoul", null)
                .DueOnAfter(null));

    [Fact]
    public void a_trial_is_a_later_first_due_date() =>
        Assert.Equal(On(2026, 3, 1), Monthly(On(2026, 3, 1)).Resolved().DueOnAfter(On(2026, 1, 15)));

    [Fact]
    public void what_was_left_out_of_catching_up_is_the_latest_only() =>
        Assert.Equal(CatchUp.LatestOnly, Monthly(null).Resolved().CatchUp);

    [Fact]
    public void a_revision_that_starts_in_february_still_belongs_to_the_31st() =>
        Assert.Equal(
            [On(2026, 2, 28), On(2026, 3, 31)],
            Monthly(On(2025, 12, 31)).Resolved(lastDecided: On(2026, 1, 31)).Walk(2));

    [Fact]
    public void a_revision_whose_last_day_has_passed_has_no_due_date() =>
        Assert.Null((Monthly(On(2026, 1, 1)) with { EndsOn = On(2026, 2, 1) }).Resolved(lastDecided: On(2026, 2, 1))
            .DueOnAfter(null));

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fa-IR")]
    [InlineData("ar-SA")]
    public void it_is_the_same_in_every_culture(string culture)
    {
        CultureInfo.CurrentCulture = new CultureInfo(culture);

        Assert.Equal([On(2026, 1, 31), On(2026, 2, 28)], Monthly(On(2026, 1, 31)).Resolved().Walk(2));
    }

    [Fact]
    public void it_is_stored_as_plain_json_and_read_back()
    {
        var options = new JsonSerializerOptions { Converters = { new JsonStringEnumConverter() } };
        var schedule = (Monthly(On(2026, 1, 31)) with { Periods = 12 }).Resolved(lastDecided: On(2026, 1, 31));
        var stored = JsonSerializer.Serialize(schedule, options);

        Assert.Equal(
            """
            {"Revision":1,"Amount":{"Minor":4990,"Currency":"BRL"},"Every":1,"Unit":"Month",
            "AnchorOn":"2026-01-31","FirstDueOn":"2026-02-28","TimeZone":"UTC","EndsOn":null,"Periods":12,
            "CatchUp":"LatestOnly"}
            """.ReplaceLineEndings(""),
            stored);
        Assert.Equal(schedule, JsonSerializer.Deserialize<Schedule>(stored, options));
    }

    private static DateOnly On(int year, int month, int day) => new(year, month, day);
}

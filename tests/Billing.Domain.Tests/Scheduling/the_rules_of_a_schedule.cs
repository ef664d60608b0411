using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Scheduling.Schedules;

namespace Billing.Domain.Tests.Scheduling;

[Keeps(Promise.NothingDueIsForgotten)]
public class the_rules_of_a_schedule
{
    private static readonly ScheduleTerms Good = Monthly(new DateOnly(2026, 1, 31));

    public static TheoryData<ScheduleTerms> Allowed =>
    [
        Good,
        Monthly(null),
        Good with { AmountMinor = 999_999_999_999 },
        Good with { Unit = ScheduleUnit.Day, Every = 366 },
        Good with { TimeZone = "America/Argentina/Buenos_Aires" },
        Good with { FirstDueOn = null, EndsOn = new DateOnly(2026, 1, 1) },
        Good with { EndsOn = new DateOnly(2026, 1, 31), Periods = 1200, CatchUp = CatchUp.BillAll },
        Good with { FirstDueOn = new DateOnly(2000, 1, 1), EndsOn = new DateOnly(2099, 12, 31) },
    ];

    public static TheoryData<string, ScheduleTerms> Refused => new()
    {
        { "schedule_amount_invalid", Good with { AmountMinor = 0 } },
        { "schedule_amount_invalid", Good with { AmountMinor = 1_000_000_000_000 } },
        { "schedule_currency_invalid", Good with { Currency = "brl" } },
        { "schedule_currency_invalid", Good with { Currency = "BR" } },
        { "schedule_currency_invalid", Good with { Currency = null! } },
        { "schedule_unit_invalid", Good with { Unit = (ScheduleUnit)4 } },
        { "schedule_every_invalid", Good with { Every = 0 } },
        { "schedule_every_invalid", Good with { Every = 61 } },
        { "schedule_every_invalid", Good with { Every = 11, Unit = ScheduleUnit.Year } },
        { "schedule_catch_up_invalid", Good with { CatchUp = (CatchUp)3 } },
        { "schedule_time_zone_unknown", Good with { TimeZone = "Europe/Atlantis" } },
        { "schedule_time_zone_unknown", Good with { TimeZone = "europe/amsterdam" } },
        { "schedule_time_zone_unknown", Good with { TimeZone = "UTC+03" } },
        { "schedule_time_zone_unknown", Good with { TimeZone = "" } },
        { "schedule_date_invalid", Good with { FirstDueOn = new DateOnly(1999, 12, 31) } },
        { "schedule_date_invalid", Good with { EndsOn = new DateOnly(2201, 1, 1) } },
        { "schedule_ends_before_it_starts", Good with { EndsOn = new DateOnly(2026, 1, 30) } },
        { "schedule_periods_invalid", Good with { Periods = 0 } },
        { "schedule_periods_invalid", Good with { Periods = 1201 } },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void let_sensible_terms_pass(ScheduleTerms terms) =>
        Assert.Null(Record.Exception(() => ScheduleRules.Check(terms)));

    [Theory]
    [MemberData(nameof(Refused))]
    public void name_what_is_wrong_and_say_it_in_a_sentence(string code, ScheduleTerms terms)
    {
        var violation = Assert.Throws<RuleViolation>(() => ScheduleRules.Check(terms));

        Assert.Equal(code, violation.Code);
        Assert.EndsWith(".", violation.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScheduleUnit.Day, "day")]
    [InlineData(ScheduleUnit.Week, "week")]
    [InlineData(ScheduleUnit.Month, "month")]
    [InlineData(ScheduleUnit.Year, "year")]
    public void spell_the_units(ScheduleUnit unit, string word)
    {
        Assert.Equal(word, unit.ToWire());
        Assert.Equal(unit, ScheduleWords.ParseUnit(word));
    }

    [Theory]
    [InlineData(CatchUp.BillAll, "bill_all")]
    [InlineData(CatchUp.LatestOnly, "latest_only")]
    [InlineData(CatchUp.Skip, "skip")]
    public void spell_the_ways_to_catch_up(CatchUp catchUp, string word)
    {
        Assert.Equal(word, catchUp.ToWire());
        Assert.Equal(catchUp, ScheduleWords.ParseCatchUp(word));
    }

    [Theory]
    [InlineData("Month")]
    [InlineData("")]
    [InlineData(null)]
    public void refuse_any_other_spelling(string? word)
    {
        Assert.Equal("schedule_unit_invalid", Assert.Throws<RuleViolation>(() => ScheduleWords.ParseUnit(word)).Code);
        Assert.Equal(
            "schedule_catch_up_invalid", Assert.Throws<RuleViolation>(() => ScheduleWords.ParseCatchUp(word)).Code);
    }
}

namespace Billing.Domain.Scheduling;

/// <summary>What a schedule may ask for. Every sentence says what to do and repeats nothing of what was sent.</summary>
public static class ScheduleRules
{
    /// <summary>Twelve digits, as many as the gateway takes (docs/globalpay.md).</summary>
    public const long MaxAmountMinor = 999_999_999_999;

    public const int MaxPeriods = 1200;

    public static readonly DateOnly FirstDate = new(2000, 1, 1);

    /// <summary>Nothing is due after this day, whatever a schedule says.</summary>
    public static readonly DateOnly LastDate = new(2099, 12, 31);

    /// <returns>The longest period, in units: 366 days, 104 weeks, 60 months, 10 years.</returns>
    public static int MaxEvery(ScheduleUnit unit) => unit switch
    {
        ScheduleUnit.Day => 366,
        ScheduleUnit.Week => 104,
        ScheduleUnit.Month => 60,
        ScheduleUnit.Year => 10,
        _ => 0,
    };

    /// <summary>Returns when the terms can be resolved and kept; otherwise names the first broken rule.</summary>
    /// <exception cref="RuleViolation">
    /// schedule_amount_invalid, schedule_currency_invalid, schedule_unit_invalid, schedule_every_invalid,
    /// schedule_catch_up_invalid, schedule_after_retries_invalid,
    /// schedule_time_zone_unknown, schedule_date_invalid, schedule_ends_before_it_starts, schedule_periods_invalid.
    /// </exception>
    public static void Check(ScheduleTerms terms)
    {
        Require(
            terms.AmountMinor is >= 1 and <= MaxAmountMinor, "schedule_amount_invalid",
            "The schedule's amount must be 1 to 999999999999 minor units of its currency.");
        Require(
            IsCurrency(terms.Currency), "schedule_currency_invalid",
            "The schedule's currency must be an ISO 4217 code of three upper-case letters, for example EUR.");
        Require(
            Enum.IsDefined(terms.Unit), "schedule_unit_invalid",
            "The schedule's unit must be day, week, month or year.");
        Require(
            terms.Every >= 1 && terms.Every <= MaxEvery(terms.Unit), "schedule_every_invalid",
            "The schedule's period must be 1 to 366 days, 1 to 104 weeks, 1 to 60 months or 1 to 10 years.");
        Require(
            terms.CatchUp is not { } rule || Enum.IsDefined(rule), "schedule_catch_up_invalid",
            "The schedule's catch-up rule must be bill_all, latest_only or skip.");
        Require(
            terms.AfterRetries is not { } after || Enum.IsDefined(after), "schedule_after_retries_invalid",
            "The schedule's rule after retries must be continue, suspend or close.");
        Require(
            terms.TimeZone is null || LocalDay.IsZone(terms.TimeZone), "schedule_time_zone_unknown",
            "The schedule's time zone must be an id of the tz database, for example Europe/Amsterdam.");
        Require(
            IsInRange(terms.FirstDueOn) && IsInRange(terms.EndsOn), "schedule_date_invalid",
            "The schedule's dates must lie in the years 2000 to 2099.");
        Require(
            terms.FirstDueOn is null || terms.EndsOn is null || terms.FirstDueOn <= terms.EndsOn,
            "schedule_ends_before_it_starts", "The schedule's last day must not lie before its first due date.");
        Require(
            terms.Periods is null or (>= 1 and <= MaxPeriods), "schedule_periods_invalid",
            "The schedule must have 1 to 1200 periods, or leave the number out.");
    }

    /// <summary>True for an id of the tz database, in its own spelling.</summary>
    public static bool IsTimeZone(string id) => LocalDay.IsZone(id);

    private static bool IsCurrency(string? currency) =>
        currency is { Length: 3 } && currency.All(char.IsAsciiLetterUpper);

    private static bool IsInRange(DateOnly? date) => date is null || (date >= FirstDate && date <= LastDate);

    private static void Require(bool holds, string code, string sentence)
    {
        if (!holds)
        {
            throw new RuleViolation(code, sentence);
        }
    }
}

namespace Billing.Domain.Scheduling;

/// <summary>A new price for many schedules from a day on: which ones, and what they cost then.</summary>
/// <param name="Currency">Of the schedules that it is about.</param>
/// <param name="FromMinor">Only schedules of this price, in minor units; null: of any.</param>
/// <param name="Every">Only schedules of this interval; null: of any.</param>
/// <param name="Unit">Only schedules of this unit; null: of any.</param>
/// <param name="ToMinor">The new price in minor units; null where a percentage is given.</param>
/// <param name="Percent">
/// By how many percent the price rises; negative: it falls. Half of a minor unit is rounded upwards. Null where a price
/// is given.
/// </param>
/// <param name="EffectiveOn">The first day that may be due by it, in the zone of each schedule.</param>
public sealed record PriceTerms(
    string Currency, long? FromMinor, int? Every, ScheduleUnit? Unit, long? ToMinor, decimal? Percent,
    DateOnly EffectiveOn)
{
    /// <summary>The bounds of <see cref="Percent"/>: no price becomes nothing, and a mistyped one is caught.</summary>
    public const decimal LeastPercent = -99, MostPercent = 1_000;

    /// <summary>Returns when the terms can be applied; otherwise names the first broken rule.</summary>
    /// <exception cref="RuleViolation">
    /// schedule_currency_invalid, schedule_amount_invalid, schedule_every_invalid, percent_invalid or price_missing.
    /// </exception>
    public void Check()
    {
        if (Currency is not { Length: 3 } || !Currency.All(char.IsAsciiLetterUpper))
        {
            throw new RuleViolation(
                "schedule_currency_invalid", "currency must be three upper-case letters, for example BRL.");
        }

        if ((ToMinor is null) == (Percent is null))
        {
            throw new RuleViolation(
                "price_missing", "Name the new price by toAmountMinor or by percent, and not by both.");
        }

        if (FromMinor is < 1 or > ScheduleRules.MaxAmountMinor || ToMinor is < 1 or > ScheduleRules.MaxAmountMinor)
        {
            throw new RuleViolation(
                "schedule_amount_invalid",
                $"fromAmountMinor and toAmountMinor must be from 1 to {ScheduleRules.MaxAmountMinor} minor units.");
        }

        if (Every is < 1)
        {
            throw new RuleViolation("schedule_every_invalid", "every must be a whole number from 1.");
        }

        if (Percent is < LeastPercent or > MostPercent or 0)
        {
            throw new RuleViolation(
                "percent_invalid", $"percent must be from {LeastPercent} to {MostPercent}, and not 0.");
        }
    }

    /// <summary>Whether the schedule, as it is in force, is one of those that it is about.</summary>
    public bool Concerns(Schedule schedule) =>
        schedule.Amount.Currency == Currency
        && (FromMinor ?? schedule.Amount.Minor) == schedule.Amount.Minor
        && (Every ?? schedule.Every) == schedule.Every
        && (Unit ?? schedule.Unit) == schedule.Unit;

    /// <summary>The new price of a schedule.</summary>
    /// <returns>Minor units of <see cref="Currency"/>.</returns>
    public long PriceOf(Schedule schedule) => ToMinor
        ?? (long)decimal.Floor((schedule.Amount.Minor * (100 + Percent!.Value) / 100) + 0.5m);
}

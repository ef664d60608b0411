using System.Globalization;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>A row of an import: the schedule of a subscription that another system has charged so far.</summary>
/// <param name="Row">1 for the first.</param>
/// <param name="Terms">
/// FirstDueOn is the anchor that all dates are counted from, so that the 31st stays the 31st. Periods is how many
/// periods are left: what the other system has charged is not counted by the plan here.
/// </param>
/// <param name="NextDueOn">The first date that is charged here.</param>
/// <param name="PastCharges">How many charges the other system made.</param>
/// <param name="PastAmountMinor">Their sum in minor units of the schedule's currency.</param>
public sealed record SubscriptionImport(
    Guid ImportId, int Row, ScheduleTerms Terms, DateOnly NextDueOn, int PastCharges, long PastAmountMinor)
{
    /// <summary>A thousand times the largest charge.</summary>
    public const long MaxPastAmountMinor = 999_999_999_999_000;

    /// <summary>What can be checked without the gateway.</summary>
    /// <param name="now">Business time.</param>
    /// <returns>The schedule as it will be set.</returns>
    /// <exception cref="RuleViolation">
    /// What <see cref="ScheduleRules.Check"/> refuses, past_charges_invalid, next_due_on_not_in_series,
    /// next_due_on_passed, schedule_ends_before_it_starts.
    /// </exception>
    public Schedule ToSchedule(SiteCalendar site, DateTimeOffset now)
    {
        ScheduleRules.Check(Terms);

        if (PastCharges < 0 || PastAmountMinor is < 0 or > MaxPastAmountMinor
            || PastCharges == 0 != (PastAmountMinor == 0))
        {
            throw new RuleViolation(
                "past_charges_invalid",
                "pastCharges and pastAmountMinor must both be positive, or both be 0 or left out.");
        }

        var schedule = Schedule.Resolve(Terms, 1, now, site, DayBefore(NextDueOn));

        if (schedule.FirstDueOn != NextDueOn)
        {
            throw new RuleViolation(
                "next_due_on_not_in_series",
                "nextDueOn must be a date that is counted from anchorOn"
                + (schedule.FirstDueOn == DateOnly.MaxValue ? "." : $"; the next one is {Day(schedule.FirstDueOn)}."));
        }

        // What fell due today may have been charged by the other system today.
        if (NextDueOn <= schedule.LocalDate(now))
        {
            throw new RuleViolation(
                "next_due_on_passed",
                $"nextDueOn must lie after {Day(schedule.LocalDate(now))}, today in {schedule.TimeZone}: the other "
                + "system may have charged an earlier date.");
        }

        return NextDueOn > schedule.EndsOn
            ? throw new RuleViolation("schedule_ends_before_it_starts", "endsOn must not lie before nextDueOn.")
            : schedule;
    }

    private static DateOnly? DayBefore(DateOnly date) => date == DateOnly.MinValue ? null : date.AddDays(-1);

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>What the customer's approval allows: for how long, how much and how often.</summary>
/// <remarks>Charging more than was approved is the worse harm, so that a doubtful charge is not made.</remarks>
public static class MandateLimits
{
    /// <summary>Why a charge is not made: the mandate was not used for as long as its method allows.</summary>
    public const string Lapsed = "mandate_lapsed";

    /// <summary>Why a due date is not charged: it would be more than the customer approved.</summary>
    public const string OverCap = "over_cap";

    /// <summary>The code of a refusal for the same reason.</summary>
    public const string AmountOverCap = "amount_over_cap";

    /// <summary>Why a due date is not charged: the schedule charges more often than the customer approved.</summary>
    public const string Frequency = "frequency_exceeded";

    private const int DaysOfMonth = 31;
    private const int WeeksOfMonth = 5;
    private const int DaysOfWeek = 7;

    /// <summary>The first instant at which an open mandate may not be charged any more for want of use.</summary>
    /// <returns>Business time; null: it never lapses.</returns>
    public static DateTimeOffset? LapsesAt(Preapproval state, MethodProfile profile) =>
        profile.LapseMonths > 0 && state.Status is PreapprovalStatus.Open
            ? UsedAt(state)?.AddMonths(profile.LapseMonths)
            : null;

    /// <summary>Whether a schedule charges more often than the gateway says that the customer approved.</summary>
    /// <param name="frequency">PreapprovedFrequency; unknown words bound nothing.</param>
    public static bool IsMoreOftenThan(string? frequency, int every, ScheduleUnit unit) =>
        (frequency?.ToLowerInvariant(), unit) switch
        {
            ("weekly", ScheduleUnit.Day) => every < DaysOfWeek,
            ("monthly", ScheduleUnit.Day) => every < DaysOfMonth,
            ("monthly", ScheduleUnit.Week) => every < WeeksOfMonth,
            _ => false,
        };

    internal static DateTimeOffset? UsedAt(Preapproval state) => state.LastUsedAt ?? state.OpenedAt;

    /// <summary>Why a charge that is due is not made.</summary>
    /// <param name="schedule">That of a first attempt; null: of a retry, whose period was allowed.</param>
    internal static string? ReasonAgainst(
        Preapproval state, Money amount, Schedule? schedule, MethodProfile profile, DateTimeOffset now) =>
        IsLapsed(state, profile, now) ? Lapsed
        : schedule is not null && profile.ObeysFrequency && IsTooOften(state, schedule) ? Frequency
        : Cap.IsExceededBy(amount, state, profile) ? OverCap
        : null;

    internal static bool IsTooOften(Preapproval state, Schedule schedule) =>
        IsMoreOftenThan(state.Gateway?.Frequency, schedule.Every, schedule.Unit)
        || (IsOnce(state.Gateway?.Frequency) && state.PeriodsUsed > 0);

    /// <summary>Refuses a charge that is asked for.</summary>
    /// <exception cref="RuleViolation">mandate_lapsed, amount_over_cap.</exception>
    internal static void CheckCharge(Preapproval state, Money amount, MethodProfile profile, DateTimeOffset now)
    {
        if (IsLapsed(state, profile, now))
        {
            throw new RuleViolation(
                Lapsed,
                $"Preapproval is invalid: it was not used for {profile.LapseMonths} months and has lapsed. "
                + "Ask the customer for a new mandate, and close this one.");
        }

        if (Cap.IsExceededBy(amount, state, profile))
        {
            throw new RuleViolation(
                AmountOverCap,
                profile.Cap is CapRule.PerCharge
                    ? "Amount invalid: it is more than the customer approved for a charge."
                    : "Amount invalid: together with what was charged before it is more than the customer approved.");
        }
    }

    /// <summary>Refuses a schedule no period of which could be charged.</summary>
    /// <param name="state">With the maximum that will be in force; only its terms and charges are read.</param>
    /// <exception cref="RuleViolation">amount_over_cap, frequency_exceeded.</exception>
    internal static void CheckSchedule(Preapproval state, ScheduleTerms terms, MethodProfile profile)
    {
        if (Cap.IsExceededBy(new Money(terms.AmountMinor, terms.Currency), state, profile))
        {
            throw new RuleViolation(
                AmountOverCap,
                profile.Cap is CapRule.PerCharge
                    ? "Amount invalid: a period costs more than PreapprovedMaximumAmount, which the customer approved "
                        + "for a charge. Lower the price, or ask the customer for a new mandate."
                    : "Amount invalid: a period costs more than is left of PreapprovedMaximumAmount, which the "
                        + "customer approved for all charges. Lower the price, or ask the customer for a new mandate.");
        }

        var frequency = state.Gateway?.Frequency;

        if (profile.ObeysFrequency
            && (IsMoreOftenThan(frequency, terms.Every, terms.Unit) || (IsOnce(frequency) && terms.Periods is not 1)))
        {
            throw new RuleViolation(
                Frequency,
                $"The schedule charges more often than the customer approved ({frequency}). Choose a longer interval, "
                + "or ask the customer for a new mandate.");
        }
    }

    private static bool IsLapsed(Preapproval state, MethodProfile profile, DateTimeOffset now)
    {
        if (LapsesAt(state, profile) is not { } lapsesAt || now < lapsesAt)
        {
            return false;
        }

        // A snapshot of an earlier build does not know when its charges were presented.
        return state is { IsSnapshot: true, LastUsedAt: null, ChargeCount: > 0 }
            ? throw new NeedsFullHistoryException("the last use of the mandate")
            : true;
    }

    private static bool IsOnce(string? frequency) =>
        string.Equals(frequency, "onetime", StringComparison.OrdinalIgnoreCase);
}

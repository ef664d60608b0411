using System.Text.Json.Serialization;

namespace Billing.Domain.Scheduling;

// These records are stored in events: BCL types only, and renaming a property rewrites history.

/// <summary>
/// A schedule as the merchant asked for it; null means the default, which <see cref="Schedule.Resolve"/> fills in.
/// </summary>
/// <param name="AmountMinor">What each period costs, in ISO 4217 minor units; 1 to 999,999,999,999.</param>
/// <param name="Currency">ISO 4217 alphabetic code, three upper-case letters.</param>
/// <param name="Every">
/// Length of a period in units; at least 1, at most what <see cref="ScheduleRules"/> allows for the unit.
/// </param>
/// <param name="FirstDueOn">
/// The first due date and the anchor of all later ones; a trial is a later one. Null: the day of opening, or in a
/// change of a running schedule the first date of that one which is still to come.
/// </param>
/// <param name="TimeZone">
/// tzdb id whose calendar days count, for example America/Sao_Paulo. Null: the one in force, else the site's.
/// </param>
/// <param name="EndsOn">The last day that may be due, inclusive. Null: no such day.</param>
/// <param name="Periods">
/// How many periods the whole plan has, 1 to 1200, counting those that were charged or have finally failed. Null: no
/// bound.
/// </param>
/// <param name="CatchUp">
/// What happens to due dates that passed unattended. Null: the rule in force, else
/// <see cref="Scheduling.CatchUp.LatestOnly"/>.
/// </param>
public sealed record ScheduleTerms(
    long AmountMinor,
    string Currency,
    int Every,
    ScheduleUnit Unit,
    DateOnly? FirstDueOn = null,
    string? TimeZone = null,
    DateOnly? EndsOn = null,
    int? Periods = null,
    CatchUp? CatchUp = null)
{
    /// <summary>What follows a period whose retries end unpaid. Null: the rule in force, else the site's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AfterRetries? AfterRetries { get; init; }
}

/// <summary>What a period is counted in.</summary>
public enum ScheduleUnit
{
    Day,
    Week,
    Month,
    Year,
}

/// <summary>What happens to due dates that passed while nothing could be charged.</summary>
public enum CatchUp
{
    /// <summary>Each of them is charged.</summary>
    BillAll,

    /// <summary>Only the latest of them is charged, the earlier ones are skipped with a reason.</summary>
    LatestOnly,

    /// <summary>All of them are skipped with a reason; the next due date is the first to be charged.</summary>
    Skip,
}

/// <summary>What follows when the retries of a period have ended and none took the money.</summary>
public enum AfterRetries
{
    /// <summary>The period stays unpaid, and the next one is charged.</summary>
    Continue,

    /// <summary>Charging is suspended until a person resumes the schedule or changes the preapproval.</summary>
    Suspend,

    /// <summary>The preapproval is closed at the gateway, for good.</summary>
    Close,
}

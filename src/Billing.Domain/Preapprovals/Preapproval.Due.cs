using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public sealed partial record Preapproval
{
    /// <summary>
    /// What falls due next, whenever that is; null when nothing will, or when it waits for a charge in flight.
    /// </summary>
    /// <remarks>A pause holds retries back but not periods: those are skipped with a reason on their day.</remarks>
    [JsonIgnore]
    public DueCharge? NextDue => Status is not PreapprovalStatus.Open ? null : DueRetries.Append(DuePeriod)
        .OfType<DueCharge>()
        .Where(due => !WaitsForOther(due))
        .MinBy(due => due.DueAt);

    /// <summary>
    /// Business time of the due date that a sweep decides next; a column of the stored state. Null while a retry comes
    /// first.
    /// </summary>
    public DateTimeOffset? NextDueAt => NextDue is { Attempt: 1 } due ? due.DueAt : null;

    /// <summary>Business time of the retry that comes next; a column of the stored state.</summary>
    public DateTimeOffset? NextRetryAt => NextDue is { Attempt: > 1 } due ? due.DueAt : null;

    /// <summary>How many periods of the plan are left, as it is now; null where their number has no bound.</summary>
    [JsonIgnore]
    public int? PeriodsLeft => Schedule is { Periods: { } all } ? Math.Max(0, all - PeriodsUsed) : null;

    /// <summary>
    /// The due dates that are not decided yet, in order and without an end of their own, each with the schedule that
    /// is in force at its due instant. Those that the merchant skips are among them.
    /// </summary>
    [JsonIgnore]
    public IEnumerable<DueDate> Undecided => DueDatesAfter(LastDecided);

    /// <summary>The first undecided date that the merchant does not skip; null when the plan has ended.</summary>
    internal DueDate? NextPeriod =>
        Schedule is null ? null : Undecided.FirstOrDefault(date => !Skipped.Contains(date.On));

    /// <summary>The pause or suspension that is in force at this instant of business time; null when none is.</summary>
    internal Pause? PauseAt(DateTimeOffset instant) => Pauses.Find(pause => pause.Covers(instant));

    /// <summary>A retry that falls due while the schedule is paused waits until it is resumed.</summary>
    internal bool Holds(DueRetry retry) => Pauses.Exists(pause => pause.IsInForce && pause.From <= retry.DueAt);

    /// <summary>
    /// The due dates after this one, of the schedule in force at each due instant; none of a plan whose periods are all
    /// used.
    /// </summary>
    internal IEnumerable<DueDate> DueDatesAfter(DateOnly? date)
    {
        foreach (var (schedule, replacedAt) in Superseded)
        {
            foreach (var due in DueDatesOf(schedule, date).TakeWhile(due => due.At <= replacedAt))
            {
                yield return due;
            }
        }

        foreach (var due in Schedule is { } inForce ? DueDatesOf(inForce, date) : [])
        {
            yield return due;
        }
    }

    private IEnumerable<DueDate> DueDatesOf(Schedule schedule, DateOnly? date) =>
        schedule.Periods <= PeriodsUsed ? [] : DatesOf(schedule, date);

    private static IEnumerable<DueDate> DatesOf(Schedule schedule, DateOnly? date)
    {
        for (var next = schedule.DueOnAfter(date); next is { } on; next = schedule.DueOnAfter(on))
        {
            yield return new(on, schedule.DueAt(on), schedule);
        }
    }

    // Another attempt only after every earlier one has failed for good: what an operator called failed may turn out to
    // be pending.
    private IEnumerable<DueCharge?> DueRetries => Retries.Values
        .Where(retry => !Holds(retry)
            && AttemptsAt(retry.Period).All(attempt => attempt.State is MoneyState.Failed or MoneyState.Stopped))
        .Select(retry => new DueCharge(retry.Period, retry.Attempt, retry.DueAt));

    private DueCharge? DuePeriod => NextPeriod is { } next ? new DueCharge(new Period(next.On), 1, next.At) : null;

    private bool WaitsForOther(DueCharge due) =>
        Deferred.TryGetValue(due.Period.DueOn, out var deferred) && deferred.Attempt == due.Attempt
            && IsBlocked(deferred);
}

/// <param name="Attempt">1: the period itself; more: a retry.</param>
/// <param name="DueAt">Business time.</param>
public sealed record DueCharge(Period Period, int Attempt, DateTimeOffset DueAt);

/// <summary>A due date and the schedule that is in force at its due instant.</summary>
/// <param name="On">In the schedule's zone.</param>
/// <param name="At">Business time.</param>
public sealed record DueDate(DateOnly On, DateTimeOffset At, Schedule Schedule);

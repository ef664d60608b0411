using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public sealed partial record Preapproval
{
    /// <summary>
    /// What falls due next, whenever that is; null when nothing will, or when it waits for a charge in flight.
    /// </summary>
    /// <remarks>
    /// A pause holds retries back, and periods only where it collects them: otherwise those are skipped with a reason
    /// on their day.
    /// </remarks>
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

    /// <summary>
    /// The same preapproval at an instant of business time: a planned change whose day has come is in force.
    /// </summary>
    public Preapproval At(DateTimeOffset now) => Planned is { } planned && planned.At <= now
        ? this with
        {
            Superseded = Schedule is { } before
                ? Superseded.Add(new(before, planned.At.AddTicks(-1)))
                : Superseded,
            Schedule = planned.Schedule with { InForceSince = planned.At },
            Planned = null,
        }
        : this;

    /// <summary>The merchant's pause that is in force; null when there is none.</summary>
    public Pause? PausedAt(DateTimeOffset now) =>
        Pauses.Find(pause => pause.Kind is PauseKind.Paused && pause.IsInForceAt(now));

    /// <summary>The first undecided date that the merchant does not skip; null when the plan has ended.</summary>
    internal DueDate? NextPeriod =>
        Schedule is null ? null : Undecided.FirstOrDefault(date => !Skipped.Contains(date.On));

    /// <summary>The pause or suspension for which what falls due then is skipped; null when there is none.</summary>
    /// <param name="instant">Business time.</param>
    internal Pause? PauseAt(DateTimeOffset instant) =>
        Pauses.Find(pause => !pause.IsCollected && pause.Covers(instant));

    /// <summary>Whether a date that falls due then is charged when the merchant's pause is over.</summary>
    internal bool IsCollected(DateTimeOffset dueAt) =>
        PauseAt(dueAt) is null && Pauses.Exists(pause => pause.IsCollected && pause.Covers(dueAt));

    /// <summary>When a date can be decided: at its due instant, or at the end of the pause that collects it.</summary>
    /// <returns>Business time; null while that pause has no end.</returns>
    internal DateTimeOffset? DecidableAt(DateTimeOffset dueAt)
    {
        if (!IsCollected(dueAt))
        {
            return dueAt;
        }

        // One pause may follow another at once: the second goes on holding what the first has held.
        var at = dueAt;

        foreach (var pause in Pauses.Where(pause => pause.IsCollected))
        {
            if (pause.Covers(at))
            {
                if (pause.End is not { } end)
                {
                    return null;
                }

                at = end;
            }
        }

        return at;
    }

    /// <summary>A retry that falls due while the schedule is paused waits until the pause ends.</summary>
    /// <returns>Business time; null while the pause has no end.</returns>
    internal DateTimeOffset? DueAtOf(DueRetry retry) =>
        Pauses.Exists(pause => pause.End is null && pause.From <= retry.DueAt)
            ? null
            : Pauses.Where(pause => pause is { Until: null, EndsAt: not null } && pause.Covers(retry.DueAt))
                .Select(pause => pause.EndsAt!.Value).Append(retry.DueAt).Max();

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
            if (due.On >= Planned?.On)
            {
                break;
            }

            yield return due;
        }

        foreach (var due in Planned is { } planned ? DueDatesOf(planned.Schedule, date) : [])
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
        .Where(retry =>
            AttemptsAt(retry.Period).All(attempt => attempt.State is MoneyState.Failed or MoneyState.Stopped))
        .Select(retry => DueAtOf(retry) is { } at ? new DueCharge(retry.Period, retry.Attempt, at) : null);

    private DueCharge? DuePeriod => NextPeriod is { } next && DecidableAt(next.At) is { } at
        ? new DueCharge(new Period(next.On), 1, at)
        : null;

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

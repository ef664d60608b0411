using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Explanations;

public static partial class DateExplanation
{
    private static Explanation Undecided(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, DateOnly date, DateTimeOffset now)
    {
        if (state.Schedule is null)
        {
            return Unscheduled(state, stream);
        }

        var sets = stream.Where(one => RevisionOf(one) is { } set && !IsCancelled(stream, one, set)).ToList();
        var set = sets.LastOrDefault(one => ScheduleOf(one).FirstDueOn <= date);

        if (set is null)
        {
            return Explanation.Of(
                "not_due", "before_start",
                [$"Nothing is due before {Text.Day(ScheduleOf(sets[0]).FirstDueOn)}, the first due date."], [sets[0]]);
        }

        var schedule = ScheduleOf(set);

        if (schedule.DueOnAfter(date.AddDays(-1)) != date)
        {
            return Between(schedule, set, date);
        }

        if (state.Status is not PreapprovalStatus.Open)
        {
            var closed = stream.LastOrDefault(one => one.Event is CloseRequested or PreapprovalClosed)!;

            return Explanation.Of(
                "closed", null, [EventDescriber.Of(closed), "Nothing is charged any more."],
                [set, Last<CloseRequested>(stream), closed]);
        }

        var due = state.Undecided.TakeWhile(one => one.On <= date).LastOrDefault(one => one.On == date);

        if (due is not null)
        {
            return BeyondTheLast(state, set, due, now)
                ?? (due.At <= now ? Overdue(set, due) : NotYet(state, stream, set, due));
        }

        return sets.FirstOrDefault(one => one.Version > set.Version) is { } changed
            && schedule.DueAt(date) > RevisionOf(changed)!.Value.InForceAt
            ? Explanation.Of(
                "not_due", "schedule_changed",
                [$"It would have been due by revision {schedule.Revision} of the schedule, which was replaced at "
                    + $"{Text.At(RevisionOf(changed)!.Value.InForceAt)}; the new one begins on "
                    + $"{Text.Day(ScheduleOf(changed).FirstDueOn)}."],
                [set, changed])
            : Completed(set);
    }

    private static Explanation? BeyondTheLast(
        Preapproval state, TimelineEvent set, DueDate due, DateTimeOffset now) =>
        state.PeriodsLeft is { } left && Forecast.LastDueIn(state, now) is { } last && last < due.On
            ? Explanation.Of(
                "not_due", "schedule_ended",
                [$"The plan has {left} of its {state.Schedule!.Periods} periods left, and "
                    + $"the last of them is due on {Text.Day(last)}."],
                [set])
            : null;

    private static Explanation Overdue(TimelineEvent set, DueDate due) => Explanation.Of(
        "overdue", null,
        [$"It fell due at {Text.At(due.At)}, and no decision is recorded yet. If that lasts, the sweep does not run: "
            + "GET /health/ready says more."],
        [set]);

    private static Explanation Completed(TimelineEvent set) => Explanation.Of(
        "not_due", "schedule_ended",
        [$"The plan of {ScheduleOf(set).Periods} periods was complete: nothing more was due."],
        [set]);

    private static Explanation NotYet(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, TimelineEvent set, DueDate due)
    {
        var said = $"It is due at {Text.At(due.At)}: {Text.Amount(due.Schedule.Amount)}.";

        return PauseOf(state, stream, due.At) is var (pause, began) && began is not null
            ? Explanation.Of(
                "not_due_yet", pause.Reason,
                [said, $"{EventDescriber.Of(began)[..^1]}: unless it is resumed before, the day is skipped."],
                [set, began])
            : Explanation.Of("not_due_yet", null, [said], [set]);
    }

    // The pause or suspension that covers an instant, and the event that began it.
    private static (Pause Pause, TimelineEvent? Began)? PauseOf(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, DateTimeOffset instant) =>
        state.PauseAt(instant) is { } pause
            ? (
                pause,
                stream.LastOrDefault(one =>
                    one.HappenedAt == pause.From
                        && (pause.Kind is PauseKind.Paused
                            ? one.Event is SchedulePaused
                            : one.Event is ScheduleSuspended)))
            : null;

    private static Explanation Between(Schedule schedule, TimelineEvent set, DateOnly date)
    {
        var (before, after) = (schedule.LastDueOnOrBefore(date), schedule.DueOnAfter(date));

        return after is { } next
            ? Explanation.Of(
                "not_due", "between_due_dates",
                [$"It is no due date: {(before is { } last ? $"the one before it is {Text.Day(last)}, " : "")}the next "
                    + $"is {Text.Day(next)}."],
                [set])
            : Explanation.Of(
                "not_due", "schedule_ended",
                [before is { } end ? $"The schedule ended with {Text.Day(end)}." : "The schedule has no due date."],
                [set]);
    }

    private static Explanation Unscheduled(Preapproval state, IReadOnlyList<TimelineEvent> stream)
    {
        var (decision, sentence) = state.Status switch
        {
            PreapprovalStatus.Requested =>
                ("not_open", "The gateway has not confirmed the preapproval yet: nothing can be charged."),
            PreapprovalStatus.Pending => ("not_open", "The customer has not approved yet: nothing can be charged."),
            PreapprovalStatus.Refused => ("not_open", "The gateway refused to create the preapproval."),
            PreapprovalStatus.Abandoned =>
                ("not_open", "The customer never approved, and the preapproval was given up."),
            PreapprovalStatus.Closing or PreapprovalStatus.Closed =>
                ("closed", "The preapproval is closed: nothing is charged any more."),
            _ => ("no_schedule", "It has no schedule: only what the storefront asks for by itself is charged."),
        };

        return Explanation.Of(
            decision, state.Status.ToString().ToLowerInvariant(), [sentence],
            [stream[0], stream.LastOrDefault(one => one.Event is PreapprovalRegistered or PreapprovalRefused
                or PreapprovalAbandoned or PreapprovalOpened or CloseRequested or PreapprovalClosed)]);
    }

    private static Schedule ScheduleOf(TimelineEvent set) => RevisionOf(set)!.Value.Schedule;

    // The schedule that an event sets or plans, and when it is in force.
    private static (Schedule Schedule, DateTimeOffset InForceAt)? RevisionOf(TimelineEvent one) => one.Event switch
    {
        ScheduleSet e => (e.Schedule, e.HappenedAt),
        ScheduleChangePlanned e => (e.Schedule, e.EffectiveAt),
        _ => null,
    };

    private static bool IsCancelled(
        IReadOnlyList<TimelineEvent> stream, TimelineEvent one, (Schedule Schedule, DateTimeOffset InForceAt) set) =>
        one.Event is ScheduleChangePlanned && stream.Any(other => other.Event is PlannedChangeCancelled e
            && e.ScheduleRevision == set.Schedule.Revision);
}

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

        var sets = stream.Where(one => one.Event is ScheduleSet).ToList();
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

        if (sets.FirstOrDefault(one => one.Version > set.Version) is { } changed)
        {
            return Explanation.Of(
                "not_due", "schedule_changed",
                [$"It would have been due by revision {schedule.Revision} of the schedule, which was replaced at {Text.At(changed.HappenedAt)}; the new one begins on {Text.Day(ScheduleOf(changed).FirstDueOn)}."], [set, changed]);
        }

        if (state.Status is not PreapprovalStatus.Open)
        {
            var closed = stream.LastOrDefault(one => one.Event is CloseRequested or PreapprovalClosed)!;

            return Explanation.Of(
                "closed", null, [EventDescriber.Of(closed), "Nothing is charged any more."],
                [set, Last<CloseRequested>(stream), closed]);
        }

        // The state's own schedule knows the time of the day too.
        var dueAt = state.Schedule.DueAt(date);

        return dueAt <= now
            ? Explanation.Of(
                "overdue", null,
                [$"It fell due at {Text.At(dueAt)}, and no decision is recorded yet. If that lasts, the sweep does not run: GET /health/ready says more."],
                [set])
            : NotYet(state, stream, set, dueAt);
    }

    private static Explanation NotYet(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, TimelineEvent set, DateTimeOffset dueAt)
    {
        var due = $"It is due at {Text.At(dueAt)}: {Text.Amount(ScheduleOf(set).Amount)}.";

        return state.IsPaused && Last<SchedulePaused>(stream) is { } paused
            ? Explanation.Of(
                "not_due_yet", "paused",
                [due, $"{EventDescriber.Of(paused)[..^1]}: unless it is resumed before, the day is skipped."],
                [set, paused])
            : Explanation.Of("not_due_yet", null, [due], [set]);
    }

    private static Explanation Between(Schedule schedule, TimelineEvent set, DateOnly date)
    {
        var (before, after) = (schedule.LastDueOnOrBefore(date), schedule.DueOnAfter(date));

        return after is { } next
            ? Explanation.Of(
                "not_due", "between_due_dates",
                [$"It is no due date: {(before is { } last ? $"the one before it is {Text.Day(last)}, " : "")}the next is {Text.Day(next)}."],
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
            [stream[0], stream.LastOrDefault(one => one.Event is PreapprovalRegistered or PreapprovalRefused or PreapprovalAbandoned or PreapprovalOpened or CloseRequested or PreapprovalClosed)]);
    }

    private static Schedule ScheduleOf(TimelineEvent set) => ((ScheduleSet)set.Event).Schedule;
}

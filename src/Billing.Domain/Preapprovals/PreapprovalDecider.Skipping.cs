using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>The merchant skips a period before it is due, or gives up one that is unpaid.</summary>
    /// <param name="dueOn">Null: the next calendar date, skipped or not: a repeat changes nothing.</param>
    /// <exception cref="RuleViolation">no_schedule, nothing_due, not_a_due_date, period_due_already.</exception>
    public static PreapprovalEvent[] SkipPeriod(Preapproval state, DateOnly? dueOn, DateTimeOffset now)
    {
        // A period that was tried and waits for its next attempt is skipped too: the merchant has given up on it.
        if (state.Status is PreapprovalStatus.Open
            && state.Retries.Values.FirstOrDefault(retry => retry.Period.DueOn == dueOn) is { } waiting)
        {
            return [new RetriesExhausted(state.Id, waiting.Period, waiting.Attempt - 1, "skipped", 0, now)];
        }

        if (GivenUp(state, dueOn, now) is { } givenUp)
        {
            return [givenUp];
        }

        var period = StillToCome(state, dueOn, now);

        return state.Skipped.Contains(period.DueOn) ? [] : [new PeriodSkipped(state.Id, period, now)];
    }

    /// <summary>The merchant wants a skipped period charged after all, before it is due.</summary>
    /// <param name="dueOn"><inheritdoc cref="SkipPeriod" path="/param[@name='dueOn']"/></param>
    /// <exception cref="RuleViolation">no_schedule, nothing_due, not_a_due_date, period_due_already.</exception>
    public static PreapprovalEvent[] ReinstatePeriod(Preapproval state, DateOnly? dueOn, DateTimeOffset now)
    {
        var period = StillToCome(state, dueOn, now);

        return state.Skipped.Contains(period.DueOn) ? [new PeriodReinstated(state.Id, period, now)] : [];
    }

    private static Period StillToCome(Preapproval before, DateOnly? dueOn, DateTimeOffset now)
    {
        var state = before.At(now);

        if (state is not { Schedule: { } schedule, Status: PreapprovalStatus.Open })
        {
            throw new RuleViolation("no_schedule", "There is no running schedule, so that no period can be skipped.");
        }

        // Today's may still be due later on its day.
        var (used, last) = (state.PeriodsUsed + Owed(state, now), state.Planned?.Schedule ?? schedule);
        var coming = state.DueDatesAfter(Later(state.LastDecided, schedule.LocalDate(now).AddDays(-1)))
            .TakeWhile(due => due.Schedule != last || !(last.Periods <= used))
            .FirstOrDefault(due => due.At > now && !(due.Schedule.Periods <= used));

        return (dueOn, coming) switch
        {
            ({ } asked, _) when IsHeld(state, asked, now) => new Period(asked),
            (null, { } next) => new Period(next.On),
            (null, null) => throw new RuleViolation("nothing_due", "The schedule has ended: no due date is left."),
            ({ } asked, { } next) when asked >= next.On && IsToCome(state, next, asked) => new Period(asked),
            ({ } asked, _) when asked < (coming?.On ?? schedule.LocalDate(now)) && IsDueDate(state, asked) =>
                throw new RuleViolation(
                    "period_due_already",
                    "That date is due already, or has been decided: it is too late to skip it or to take a skip back."),
            _ =>
                throw new RuleViolation(
                    "not_a_due_date", "The schedule has no such due date. GET upcoming lists those to come."),
        };
    }

    // It fell due in a pause that collects, and is charged only when that ends.
    private static bool IsHeld(Preapproval state, DateOnly asked, DateTimeOffset now) =>
        state.Undecided.TakeWhile(due => due.At <= now)
            .Any(due => due.On == asked && !(state.DecidableAt(due.At) <= now));

    private static bool IsToCome(Preapproval state, DueDate next, DateOnly asked) =>
        asked == next.On
        || state.DueDatesAfter(next.On).TakeWhile(due => due.On <= asked).Any(due => due.On == asked);

    // Dates of earlier revisions that are decided leave no trace in a snapshot.
    private static bool IsDueDate(Preapproval state, DateOnly date) => IsDueDate(state.Schedule!, date)
        || state.Undecided.TakeWhile(due => due.On <= date).Any(due => due.On == date);

    private static bool IsDueDate(Schedule schedule, DateOnly date) =>
        date > DateOnly.MinValue && schedule.DueOnAfter(date.AddDays(-1)) == date;

    private static DateOnly Later(DateOnly? decided, DateOnly today) =>
        decided is { } last && last > today ? last : today;
}

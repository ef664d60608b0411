using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>How long a pause lasts and what becomes of the dates that fall due in it.</summary>
/// <param name="Until">The day that charging goes on with, in the schedule's zone; null: until it is resumed.</param>
/// <param name="IsCollected">True: what falls due is charged when the pause ends. False: it is skipped.</param>
public sealed record PauseTerms(DateOnly? Until, bool IsCollected);

public static partial class PreapprovalDecider
{
    /// <summary>Begins a pause, or gives the one in force other terms.</summary>
    /// <param name="terms">Null: until it is resumed, and what falls due is skipped; a pause in force stays.</param>
    /// <exception cref="RuleViolation">no_schedule, pause_until_passed, paused_otherwise.</exception>
    public static PreapprovalEvent[] Pause(Preapproval preapproval, DateTimeOffset now, PauseTerms? terms = null)
    {
        var state = preapproval.At(now);
        var inForce = state.PausedAt(now);

        if (inForce is not null && terms is null)
        {
            return [];
        }

        if (state is not { Schedule: { } schedule, Status: PreapprovalStatus.Open })
        {
            throw new RuleViolation("no_schedule", "There is no running schedule to pause.");
        }

        if (terms?.Until is { } day && (day <= schedule.LocalDate(now) || day > ScheduleRules.LastDate))
        {
            throw new RuleViolation(
                "pause_until_passed",
                "A pause must end on a later day than today, and before the year 2100: name the day that charging "
                + "goes on with, or leave until out to pause until the schedule is resumed.");
        }

        // What fell due in the pause was treated as it was begun, decided by now or not.
        if (inForce is not null && inForce.IsCollected != terms!.IsCollected)
        {
            throw new RuleViolation(
                "paused_otherwise",
                "The schedule is paused already, and what falls due in the pause is "
                + (inForce.IsCollected ? "collected when it ends. " : "skipped. ")
                + (inForce.IsCollected
                    ? "Resuming charges what it has held: skip the dates that must not be charged, then resume it."
                    : "Resume it first, then pause it again with the other rule."));
        }

        var endsAt = terms?.Until is { } until ? schedule.StartOf(until) : (DateTimeOffset?)null;
        var set = new PauseTermsSet(state.Id, terms?.Until, endsAt, terms?.IsCollected ?? false, now);

        return inForce is null
            ? terms is null or { Until: null, IsCollected: false }
                ? [new SchedulePaused(state.Id, now)]
                : [new SchedulePaused(state.Id, now), set]
            : inForce.EndsAt == endsAt ? [] : [set];
    }

    /// <summary>Ends a pause and a suspension.</summary>
    public static PreapprovalEvent[] Resume(Preapproval state, DateTimeOffset now) =>
        state.PausedAt(now) is not null || state.Suspension is not null ? [new ScheduleResumed(state.Id, now)] : [];

    // The end of a suspension ends every pause; the merchant's begins again with the terms that it had.
    private static PreapprovalEvent[] PauseGoesOn(Preapproval state, Pause pause, DateTimeOffset now) =>
        pause is { EndsAt: null, IsCollected: false }
            ? []
            :
            [
                new PauseTermsSet(
                    state.Id, pause.EndsAt is { } end ? state.Schedule?.LocalDate(end) : null, pause.EndsAt,
                    pause.IsCollected, now),
            ];
}

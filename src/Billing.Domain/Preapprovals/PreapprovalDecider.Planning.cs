using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <remarks>Changes of a schedule that ask nothing of the gateway and repeat nothing of the customer's data.</remarks>
public static partial class PreapprovalDecider
{
    /// <summary>Changes the schedule at once, or from a day on; the periods in between stay as they are.</summary>
    /// <param name="effectiveOn">
    /// The first day that may be due by it, in the schedule's zone; null or today: what falls due from now on.
    /// </param>
    /// <param name="priceChange">The change of many prices that it belongs to, or null.</param>
    /// <exception cref="RuleViolation">
    /// no_schedule, action_in_progress, schedule_unchanged, effective_on_passed, nothing_due, schedule_periods_used,
    /// amount_over_cap, frequency_exceeded, or a rule of <see cref="ScheduleRules.Check"/>.
    /// </exception>
    public static PreapprovalEvent[] ChangeSchedule(
        Preapproval preapproval, ScheduleWish wish, DateOnly? effectiveOn, Guid? priceChange, SiteCalendar site,
        DateTimeOffset now, MethodProfiles? profiles = null)
    {
        var state = preapproval.At(now);

        if (state is not { Schedule: { } inForce, Status: PreapprovalStatus.Open })
        {
            throw new RuleViolation("no_schedule", "There is no running schedule to change.");
        }

        if (state.Unsettled is { Operation: MandateOperation.Change, Schedule: not null })
        {
            throw new RuleViolation(
                "action_in_progress", "An earlier change of the schedule is still being decided. Ask again shortly.");
        }

        var terms = inForce.With(wish);
        ScheduleRules.Check(terms);

        if (!inForce.IsAskedForBy(terms))
        {
            MandateLimits.CheckSchedule(state, terms, ProfileOf(state, profiles));
        }

        if (effectiveOn is not { } day || day == inForce.LocalDate(now))
        {
            CheckAgainstThePast(state, terms, now);

            return inForce.IsAskedForBy(terms) ? [] : RevisedAtOnce(state, inForce, terms, site, now);
        }

        var planned = Planned(state, inForce, terms, day, priceChange, now);

        return state.Planned is { } before && IsSame(before, planned) ? []
            : [.. PlanEnded(state, "replaced", now), planned];
    }

    /// <summary>Plans the new price of a change of many prices, where the schedule is one that it is about.</summary>
    /// <param name="priceChange">The id of the change of many prices.</param>
    /// <returns>Nothing, too, where it is planned or in force already.</returns>
    /// <exception cref="RuleViolation">
    /// change_planned: another change is planned, and it was agreed on for this subscription alone. Or a rule of
    /// <see cref="ChangeSchedule"/>.
    /// </exception>
    public static PreapprovalEvent[] ChangePrice(
        Preapproval preapproval, PriceTerms terms, Guid priceChange, SiteCalendar site, DateTimeOffset now,
        MethodProfiles? profiles = null)
    {
        var state = preapproval.At(now);

        if (state is not { Status: PreapprovalStatus.Open, Schedule: { } inForce } || !terms.Concerns(inForce)
            || state.Planned?.PriceChange == priceChange || terms.PriceOf(inForce) == inForce.Amount.Minor)
        {
            return [];
        }

        if (state.Planned is not null)
        {
            throw new RuleViolation(
                "change_planned",
                "Another change of this schedule is planned. Take it back, or change this subscription by itself.");
        }

        return ChangeSchedule(
            state, new ScheduleWish(terms.PriceOf(inForce)), terms.EffectiveOn, priceChange, site, now, profiles);
    }

    /// <summary>Takes back what a change of many prices has planned; what is in force by it stays.</summary>
    /// <param name="priceChange">The id of the change of many prices.</param>
    public static PreapprovalEvent[] CancelPriceChange(Preapproval preapproval, Guid priceChange, DateTimeOffset now)
    {
        var state = preapproval.At(now);

        return state.Status is PreapprovalStatus.Open or PreapprovalStatus.Closing
            && state.Planned?.PriceChange == priceChange
            ? PlanEnded(state, "cancelled", now)
            : [];
    }

    /// <summary>Takes a planned change back.</summary>
    public static PreapprovalEvent[] CancelPlannedChange(Preapproval state, DateTimeOffset now) =>
        PlanEnded(state.At(now), "cancelled", now);

    private static ScheduleChangePlanned Planned(
        Preapproval state, Schedule inForce, ScheduleTerms terms, DateOnly day, Guid? priceChange,
        DateTimeOffset now)
    {
        if (inForce.IsAskedForBy(terms))
        {
            throw new RuleViolation(
                "schedule_unchanged", "The schedule is like that already: name another price, interval or end.");
        }

        CheckAgainstThePast(state, terms, now);

        if (day > ScheduleRules.LastDate || day < inForce.LocalDate(now))
        {
            throw new RuleViolation(
                "effective_on_passed",
                "effectiveOn must be today or later, and before the year 2100. Leave it out to change the schedule "
                + "from now on.");
        }

        var at = inForce.StartOf(day);
        var lastBefore = (state with { Planned = null }).Undecided.TakeWhile(due => due.On < day).LastOrDefault()?.On;
        var schedule = inForce.Revised(terms, at.AddTicks(-1), lastBefore ?? state.LastDecided);

        return schedule.DueOnAfter(null) is null
            ? throw new RuleViolation(
                "nothing_due", "The schedule has no due date on or after effectiveOn: the change would do nothing.")
            : new ScheduleChangePlanned(
                state.Id, schedule with { Revision = NextRevision(state) }, day, at, priceChange, now);
    }

    private static bool IsSame(PlannedChange before, ScheduleChangePlanned planned) =>
        before.On == planned.EffectiveOn && before.PriceChange == planned.PriceChange
        && before.Schedule with { Revision = 0, DueTime = null } == planned.Schedule with { Revision = 0 };

    private static PreapprovalEvent[] RevisedAtOnce(
        Preapproval state, Schedule inForce, ScheduleTerms terms, SiteCalendar site, DateTimeOffset now) =>
        [
            .. PlanEnded(state, "superseded", now),
            .. ScheduleFor(
                state,
                inForce.Revised(terms, now, LastOwned(state, now)) with { Revision = NextRevision(state) }, site, now),
        ];

    // A number that was planned is not given again: a storefront that has read it has not read another one.
    private static int NextRevision(Preapproval state) =>
        Math.Max(
            Math.Max(state.Schedule?.Revision ?? 0, state.Planned?.Schedule.Revision ?? 0), state.CancelledRevision)
        + 1;

    private static PreapprovalEvent[] PlanEnded(Preapproval state, string reason, DateTimeOffset now) =>
        state.Planned is { } planned
            ? [new PlannedChangeCancelled(state.Id, planned.Schedule.Revision, reason, now)]
            : [];
}

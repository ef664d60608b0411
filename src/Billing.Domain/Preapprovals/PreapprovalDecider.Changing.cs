using Billing.Domain.Gateway;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>The code of a refusal: the schedule has no such revision.</summary>
    public const string RevisionUnknown = "schedule_revision_unknown";

    /// <summary>The schedule that a request sets: none where its sender has read an older revision.</summary>
    /// <param name="state">Null for a new preapproval.</param>
    /// <param name="readRevision">The revision that the sender has read; null: the schedule is taken as meant.</param>
    /// <exception cref="RuleViolation">schedule_revision_unknown.</exception>
    public static ScheduleTerms? ScheduleMeant(
        Preapproval? state, ScheduleTerms? asked, int? readRevision, DateTimeOffset now)
    {
        var present = state?.At(now).Schedule?.Revision ?? 0;

        return readRevision < 1 || readRevision > present
            ? throw new RuleViolation(
                RevisionUnknown,
                (present == 0
                    ? "No schedule is in force, so that no Revision can have been read. "
                    : $"The schedule is at Revision {present}: send that one, or the older one that you have read. ")
                + "To set the schedule whatever is in force, leave Revision out.")
            : readRevision < present ? null : asked;
    }

    /// <remarks>A new change replaces one whose outcome waits for an operator.</remarks>
    /// <exception cref="RuleViolation">
    /// preapproval_not_open: not one that can be changed. action_in_progress: another change or close is still being
    /// decided. customer_forgotten: what the gateway is sent with a change is gone. schedule_periods_used,
    /// schedule_first_due_passed: the schedule contradicts what was charged or fell due already. amount_over_cap,
    /// frequency_exceeded: it contradicts what the customer approved.
    /// </exception>
    public static PreapprovalEvent[] RequestChange(
        Preapproval state, MandateTerms terms, MandatePersonal personal, ScheduleTerms? schedule, int? statedSiteId,
        DateTimeOffset now, DateTimeOffset windowStart, MethodProfiles? profiles = null)
    {
        if (state.Status is not (PreapprovalStatus.Pending or PreapprovalStatus.Open))
        {
            throw new RuleViolation(
                "preapproval_not_open", "Preapproval is invalid: only a pending or open one can be changed.");
        }

        if (state.Unsettled is not null and not { Operation: MandateOperation.Change, Call.Owner: not null })
        {
            throw new RuleViolation(
                "action_in_progress",
                "Preapproval action is invalid: an earlier change or close is still being decided. Ask again shortly.");
        }

        if (state.IsForgotten)
        {
            throw Forgotten();
        }

        CheckAgainstThePast(state, schedule, now);

        if (schedule is not null && state.At(now).Schedule?.IsAskedForBy(schedule) is not true)
        {
            MandateLimits.CheckSchedule(state.Stating(terms), schedule, ProfileOf(state, profiles));
        }

        return
        [
            .. ChangeSuperseded(state, "superseded_by_change", now),
            new ChangeRequested(state.Id, terms, personal, schedule, statedSiteId, windowStart, now),
        ];
    }

    /// <summary>The code of a refusal: the plan would have fewer periods than it has used.</summary>
    public const string PeriodsUsed = "schedule_periods_used";

    /// <summary>The code of a refusal: the schedule would begin with a date that has passed.</summary>
    public const string FirstDuePassed = "schedule_first_due_passed";

    /// <summary>The code of a refusal, and of a call that ended: the customer was forgotten.</summary>
    public const string CustomerForgotten = "customer_forgotten";

    /// <summary>Every change repeats the customer's data, and nothing of it may be stored again.</summary>
    public static RuleViolation Forgotten() => new(
        CustomerForgotten,
        "The customer of this preapproval was forgotten, so it can no longer be changed. "
        + "Its schedule can be paused or closed; a new price needs a new preapproval.");

    /// <param name="applied">
    /// For a look-up only: whether the gateway shows what was asked for; null where it returns too little to decide.
    /// Ignored when the update is the answer to the change.
    /// </param>
    public static PreapprovalEvent[] RecordChange(
        Preapproval state, MandateUpdate update, bool? applied, LookUpPolicy lookUps, SiteCalendar site,
        DateTimeOffset now,
        DateTimeOffset windowStart)
    {
        if (state.Unsettled is not { Operation: MandateOperation.Change, Call: var call } unsettled)
        {
            return [];
        }

        return update.Answer switch
        {
            MandateResult.Confirmed shown when applied is true || update.From is LearntFrom.Answer =>
                Changed(state, unsettled, shown.Value, update.From, site, now),
            MandateResult.Refused refused => [new ChangeFailed(state.Id, refused.Code, refused.Text, now)],
            _ when call.State is OutboundState.NotSent || update.IsOfAnotherSend(call) => [],
            MandateResult.Confirmed => NotFoundTable.Of(call, update.AskedAt, lookUps, now) switch
            {
                AfterNotFound.AskAgain =>
                [
                    StillUnknown(
                        state, applied is null ? "not_shown_yet" : "not_applied_yet", update.From, lookUps, now),
                ],
                AfterNotFound.SendAgain when !state.IsForgotten =>
                [
                    new MandateCallResent(state.Id, MandateOperation.Change, windowStart, now)
                ],
                _ when applied is null => [Owned(state, "not_shown", update.From, lookUps, now)],
                _ => [new ChangeFailed(state.Id, "not_applied", null, now)],
            },
            MandateResult.NotSent notSent when update.From is LearntFrom.Answer =>
                NotSent(state, OutboundOperation.Change, "", notSent.Symptom, notSent.Wait, now),
            MandateResult.NotSent => [],
            MandateResult.Unknown unknown => [StillUnknown(state, unknown.Symptom, update.From, lookUps, now)],
            _ => [StillUnknown(state, "not_found", update.From, lookUps, now)],
        };
    }

    private static PreapprovalEvent[] Changed(
        Preapproval state, Unsettled unsettled, MandateSnapshot snapshot, LearntFrom from, SiteCalendar site,
        DateTimeOffset now)
    {
        var changed = new PreapprovalChanged(state.Id, snapshot.Gateway, snapshot.Terms, snapshot.Personal, from, now);
        PreapprovalEvent[] applied =
        [
            changed,
            .. SuspensionEnded(state, unsettled.AskedAt, now),
            .. NextSchedule(state, unsettled.Schedule, site, now),
        ];

        // What the answer moves, it moves in the preapproval as changed: an opening sets the schedule that was asked
        // for last.
        return [.. applied, .. Moved(applied.Aggregate(state, Preapproval.Fold), snapshot, from, site, now)];
    }

    // Before the customer has approved, what was asked for last is set at the opening.
    private static PreapprovalEvent[] NextSchedule(
        Preapproval before, ScheduleTerms? terms, SiteCalendar site, DateTimeOffset now)
    {
        var state = before.At(now);

        if (terms is null || state.Status is not PreapprovalStatus.Open)
        {
            return [];
        }

        if (state.Schedule is not { } inForce)
        {
            return ScheduleFor(state, Schedule.Resolve(terms, 1, now, site, state.LastDecided), site, now);
        }

        return inForce.IsAskedForBy(terms) ? [] : RevisedAtOnce(state, inForce, terms, site, now);
    }

    // The latest date that was decided or has fallen due: none of these belongs to a revision that is set now.
    private static DateOnly? LastOwned(Preapproval state, DateTimeOffset now) =>
        state.Undecided.TakeWhile(due => due.At <= now).LastOrDefault()?.On ?? state.LastDecided;

    private static void CheckAgainstThePast(Preapproval before, ScheduleTerms? terms, DateTimeOffset now)
    {
        var state = before.At(now);

        if (terms is null || state is not { Status: PreapprovalStatus.Open, Schedule: { } inForce }
            || inForce.IsAskedForBy(terms))
        {
            return;
        }

        var used = state.PeriodsUsed + Owed(state, now);

        if (terms.Periods < used)
        {
            throw new RuleViolation(
                PeriodsUsed,
                $"The schedule asks for {terms.Periods} periods in all, but {used} have been "
                + "charged, have failed or are "
                + $"due already: name {used} or more, or leave the number out.");
        }

        if (inForce.NewFirstDueOn(terms) is { } first
            && (first <= LastOwned(state, now) || first < LocalDay.Of(now, terms.TimeZone ?? inForce.TimeZone)))
        {
            throw new RuleViolation(
                FirstDuePassed,
                "The schedule's first due date has passed, or a date on or after it was decided already: name a later "
                + "one, or leave it out to go on with the next due date.");
        }
    }

    // What is due by now and will be charged when it is decided.
    private static int Owed(Preapproval state, DateTimeOffset now)
    {
        var count = 0;

        foreach (var due in state.Undecided.TakeWhile(due => due.At <= now))
        {
            var isUsed = due.Schedule.Periods <= state.PeriodsUsed + count || state.Skipped.Contains(due.On);
            count += isUsed || ReasonToSkip(state, due, now) is not null ? 0 : 1;
        }

        return count;
    }

    // A change ends a suspension that was there when it was asked for. A pause of the merchant's goes on.
    private static PreapprovalEvent[] SuspensionEnded(
        Preapproval state, DateTimeOffset askedAt, DateTimeOffset now) => state switch
        {
            { Suspension: null } => [],
            { Suspension.Since: var since } when askedAt < since => [],
            _ when state.PausedAt(now) is { } pause =>
            [
                new ScheduleResumed(state.Id, now), new SchedulePaused(state.Id, now),
                .. PauseGoesOn(state, pause, now),
            ],
            _ => [new ScheduleResumed(state.Id, now)],
        };
}

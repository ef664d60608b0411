using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <remarks>A new change replaces one whose outcome waits for an operator.</remarks>
    /// <exception cref="RuleViolation">
    /// preapproval_not_open: not one that can be changed. action_in_progress: another change or close is still being
    /// decided. customer_forgotten: what the gateway is sent with a change is gone.
    /// </exception>
    public static PreapprovalEvent[] RequestChange(
        Preapproval state, MandateTerms terms, MandatePersonal personal, ScheduleTerms? schedule, int? statedSiteId,
        DateTimeOffset now, DateTimeOffset windowStart)
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

        return
        [
            .. ChangeSuperseded(state, "superseded_by_change", now),
            new ChangeRequested(state.Id, terms, personal, schedule, statedSiteId, windowStart, now),
        ];
    }

    /// <summary>The code of a refusal, and of a call that ended: the customer was forgotten.</summary>
    public const string CustomerForgotten = "customer_forgotten";

    /// <summary>Every change repeats the customer's data, and nothing of it may be stored again.</summary>
    public static RuleViolation Forgotten() => new(
        CustomerForgotten,
        "The customer of this preapproval was forgotten, so it can no longer be changed. "
        + "Its schedule can be paused or closed; a new price needs a new preapproval.");

    /// <param name="applied">
    /// Set for a look-up only: whether the gateway shows what was asked for; null where it returns too little to tell.
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
        PreapprovalEvent[] applied = [changed, .. NextSchedule(state, unsettled.Schedule, site, now)];

        // What the answer moves, it moves in the preapproval as changed: an opening sets the schedule that was asked
        // for last.
        return [.. applied, .. Moved(applied.Aggregate(state, Preapproval.Fold), snapshot, from, site, now)];
    }

    // Before the customer has approved, what was asked for last is set at the opening.
    private static PreapprovalEvent[] NextSchedule(
        Preapproval state, ScheduleTerms? terms, SiteCalendar site, DateTimeOffset now)
    {
        if (terms is null || state.Status is not PreapprovalStatus.Open)
        {
            return [];
        }

        // A change that names no first day keeps counting from the day it always counted from.
        var anchored = terms with
        {
            FirstDueOn = terms.FirstDueOn ?? state.Schedule?.AnchorOn,
            TimeZone = terms.TimeZone ?? state.Schedule?.TimeZone,
        };
        var next = Schedule.Resolve(
            anchored, (state.Schedule?.Revision ?? 0) + 1, now, site.TimeZone, LastSettled(state, now));

        return [.. Unattended(state, next.FirstDueOn, "schedule_changed", now), .. ScheduleFor(state, next, site, now)];
    }

    // After a schedule that has ended, a new one bills from today on: nothing was owed for the time without one.
    private static DateOnly? LastSettled(Preapproval state, DateTimeOffset now) =>
        state.Schedule is { } ended && ended.DueOnAfter(state.LastDecided) is null
            ? new[] { state.LastDecided ?? DateOnly.MinValue, ended.LocalDate(now).AddDays(-1) }.Max()
            : LastSkipped(state, now) is { } skipped && (state.LastDecided is not { } last || skipped > last)
                ? skipped
                : state.LastDecided;

    // A skipped date is decided as soon as its day has come.
    private static DateOnly? LastSkipped(Preapproval state, DateTimeOffset now) => state.Schedule is { } schedule
        ? state.Skipped.Where(date => schedule.DueAt(date) <= now).Select(date => (DateOnly?)date).Max()
        : null;

    public static PreapprovalEvent[] Pause(Preapproval state, DateTimeOffset now) => state switch
    {
        { IsPaused: true } => [],
        { Schedule: not null, Status: PreapprovalStatus.Open } => [new SchedulePaused(state.Id, now)],
        _ => throw new RuleViolation("no_schedule", "There is no running schedule to pause."),
    };

    public static PreapprovalEvent[] Resume(Preapproval state, DateTimeOffset now) =>
        state.IsPaused ? [new ScheduleResumed(state.Id, now)] : [];
}

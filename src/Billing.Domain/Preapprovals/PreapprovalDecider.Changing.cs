using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <exception cref="RuleViolation">preapproval_not_open: not one that can be changed. action_in_progress: another change or close is still being decided.</exception>
    public static PreapprovalEvent[] RequestChange(Preapproval state, MandateTerms terms, MandatePersonal personal, ScheduleTerms? schedule, int? statedSiteId, DateTimeOffset now)
    {
        if (state.Status is not (PreapprovalStatus.Pending or PreapprovalStatus.Open))
        {
            throw new RuleViolation("preapproval_not_open", "Preapproval is invalid: only a pending or open one can be changed.");
        }

        if (state.Unsettled is not null)
        {
            throw new RuleViolation("action_in_progress", "Preapproval action is invalid: an earlier change or close is still being decided. Ask again shortly.");
        }

        return [new ChangeRequested(state.Id, terms, personal, schedule, statedSiteId, now)];
    }

    /// <param name="applied">After a look-up: whether the gateway shows what was asked for; null where the answer itself tells.</param>
    public static PreapprovalEvent[] RecordChange(
        Preapproval state, MandateAnswer answer, bool? applied, LearntFrom from, LookUpPolicy lookUps, SiteCalendar site, DateTimeOffset now)
    {
        if (state.Unsettled is not { Operation: MandateOperation.Change } unsettled)
        {
            return [];
        }

        return answer switch
        {
            MandateAnswer.Told told when applied ?? true => Changed(state, unsettled, told.Mandate, from, site, now),
            MandateAnswer.Told when now - unsettled.Since >= lookUps.QuietPeriod => [new ChangeFailed(state.Id, "not_applied", null, now)],
            MandateAnswer.Told => [StillUnknown(state, "not_applied_yet", from, lookUps, now)],
            MandateAnswer.Refused refused => [new ChangeFailed(state.Id, refused.Code, refused.Text, now)],
            MandateAnswer.Unknown unknown => [StillUnknown(state, unknown.Symptom, from, lookUps, now)],
            MandateAnswer.NotSent => [],
            _ => [StillUnknown(state, "not_found", from, lookUps, now)],
        };
    }

    private static PreapprovalEvent[] Changed(Preapproval state, Unsettled unsettled, MandateReading reading, LearntFrom from, SiteCalendar site, DateTimeOffset now)
    {
        var changed = new PreapprovalChanged(state.Id, reading.Gateway, reading.Terms, reading.Personal, from, now);
        PreapprovalEvent[] applied = [changed, .. NextSchedule(state, unsettled.Schedule, site, now)];

        // What the answer moves, it moves in the preapproval as changed: an opening sets the schedule that was asked for last.
        return [.. applied, .. Moved(applied.Aggregate(state, Preapproval.Evolve), reading, from, site, now)];
    }

    // Before the customer has approved, what was asked for last is set at the opening.
    private static PreapprovalEvent[] NextSchedule(Preapproval state, ScheduleTerms? terms, SiteCalendar site, DateTimeOffset now)
    {
        if (terms is null || state.Status is not PreapprovalStatus.Open)
        {
            return [];
        }

        // A change that names no first day keeps counting from the day it always counted from.
        var anchored = terms with { FirstDueOn = terms.FirstDueOn ?? state.Schedule?.AnchorOn, TimeZone = terms.TimeZone ?? state.Schedule?.TimeZone };
        var next = Schedule.Resolve(anchored, (state.Schedule?.Revision ?? 0) + 1, now, site.TimeZone, LastSettled(state, now));

        return [.. Unattended(state, next.FirstDueOn, "schedule_changed", now), .. ScheduleFor(state, next, site, now)];
    }

    // After a schedule that has ended, a new one bills from today on: the time without one was nobody's debt.
    private static DateOnly? LastSettled(Preapproval state, DateTimeOffset now) => state.Schedule is { } ended && ended.DueOnAfter(state.LastDecided) is null
        ? new[] { state.LastDecided ?? DateOnly.MinValue, ended.LocalDate(now).AddDays(-1) }.Max()
        : LastLetGo(state, now) is { } letGo && (state.LastDecided is not { } last || letGo > last) ? letGo : state.LastDecided;

    // A skipped date is decided as soon as its day has come.
    private static DateOnly? LastLetGo(Preapproval state, DateTimeOffset now) =>
        state.Schedule is { } schedule ? state.Skipped.Where(date => schedule.DueAt(date) <= now).Select(date => (DateOnly?)date).Max() : null;

    public static PreapprovalEvent[] Pause(Preapproval state, DateTimeOffset now) => state switch
    {
        { IsPaused: true } => [],
        { Schedule: not null, Status: PreapprovalStatus.Open } => [new SchedulePaused(state.Id, now)],
        _ => throw new RuleViolation("no_schedule", "There is no running schedule to pause."),
    };

    public static PreapprovalEvent[] Resume(Preapproval state, DateTimeOffset now) => state.IsPaused ? [new ScheduleResumed(state.Id, now)] : [];
}

using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>Every rule of a preapproval: state in, events out, no clock and no I/O.</summary>
/// <remarks>
/// An empty result means there is nothing new to say. Parts: the mandate here, then Changing, Closing, Charging, Outcomes.
/// Nothing here reads sealed data: decisions are the same before and after a person is forgotten.
/// </remarks>
public static partial class PreapprovalDecider
{
    public static PreapprovalEvent[] Request(
        Preapproval? state, Guid id, MandateTerms terms, MandatePersonal personal, ScheduleTerms? schedule, int? statedSiteId, DateTimeOffset now) =>
        state is null ? [new PreapprovalRequested(id, terms, personal, schedule, statedSiteId, now)] : [];

    /// <summary>What the gateway, or a look-up, says of our create.</summary>
    /// <remarks>It is never sent again: a bounded list scan that finds nothing proves nothing (GLOBALPAY.md section 6.3), so that an operator ends it.</remarks>
    public static PreapprovalEvent[] RecordCreate(
        Preapproval state, MandateAnswer answer, LearntFrom from, LookUpPolicy lookUps, SiteCalendar site, DateTimeOffset now) => (answer, state.Unsettled?.Operation) switch
        {
            (MandateAnswer.Told told, _) => RecordMandate(state, told.Mandate, [], from, site, now),
            (MandateAnswer.Refused refused, MandateOperation.Create) => [new PreapprovalRefused(state.Id, refused.Code, refused.Text, now)],
            (MandateAnswer.NotFound, MandateOperation.Create) => [StillUnknown(state, "not_found_yet", from, lookUps, now)],
            (MandateAnswer.Unknown unknown, MandateOperation.Create) => [StillUnknown(state, unknown.Symptom, from, lookUps, now)],
            _ => [],
        };

    /// <summary>The gateway shows this mandate: in its answer, a notification or a look-up.</summary>
    /// <param name="differences">What it shows otherwise than we hold; kept as drift, never applied.</param>
    public static PreapprovalEvent[] RecordMandate(
        Preapproval state, MandateReading reading, IReadOnlyList<Difference> differences, LearntFrom from, SiteCalendar site, DateTimeOffset now) =>
        [.. Registered(state, reading, from, now), .. Moved(state, reading, from, site, now), .. Drifted(state, differences, from, now)];

    /// <summary>The gateway has a mandate that our books do not: they begin here.</summary>
    public static PreapprovalEvent[] Recover(Preapproval? state, Guid id, MandateReading reading, DateTimeOffset now)
    {
        if (state is not null)
        {
            return [];
        }

        var recovered = new RecoveredFromGateway(id, reading.Gateway, reading.Terms, reading.Personal, now);

        return [recovered, .. Moved(Preapproval.Evolve(null, recovered), reading, LearntFrom.LookUp, "Etc/UTC", now)];
    }

    public static PreapprovalEvent[] Forget(Preapproval state, DateTimeOffset now) => state.IsForgotten ? [] : [new CustomerForgotten(state.Id, now)];

    private static PreapprovalEvent[] Registered(Preapproval state, MandateReading reading, LearntFrom from, DateTimeOffset now)
    {
        var isFirst = state.Gateway is null;
        var isOurAnswer = from is not LearntFrom.Notification && !state.CreateAnswered && state.Status is not PreapprovalStatus.Refused;

        if (!isFirst && !isOurAnswer)
        {
            return [];
        }

        // A notification moves status, gateway id and mandate reference only: its other values are no answer to what we asked for.
        return from is LearntFrom.Notification
            ? [new PreapprovalRegistered(state.Id, reading.Gateway, state.Terms, ReferenceOf(reading), from, now)]
            : [new PreapprovalRegistered(state.Id, reading.Gateway, reading.Terms, reading.Personal, from, now)];
    }

    private static MandatePersonal? ReferenceOf(MandateReading reading) =>
        reading.Personal.MandateReference is { } reference ? new MandatePersonal(null, null, null, null, reference, null) : null;

    // By rank: 1 < 2 < 3, 4. Lower news says nothing new.
    private static PreapprovalEvent[] Moved(Preapproval state, MandateReading reading, LearntFrom from, SiteCalendar site, DateTimeOffset now) => (reading.Status, state.Status) switch
    {
        (MandateStatus.Open, PreapprovalStatus.Requested or PreapprovalStatus.Pending or PreapprovalStatus.Abandoned or PreapprovalStatus.Refused) =>
            [Opened(state, reading, from, now), .. FirstSchedule(state, site, now)],

        // The close may yet be refused: then the schedule has to run.
        (MandateStatus.Open, PreapprovalStatus.Closing) when state.OpenedAt is null => [Opened(state, reading, from, now), .. FirstSchedule(state, site, now)],

        (MandateStatus.Closed, not PreapprovalStatus.Closed) => Closed(state, reading.Gateway, from, now),

        _ => [],
    };

    private static PreapprovalOpened Opened(Preapproval state, MandateReading reading, LearntFrom from, DateTimeOffset now) =>
        new(state.Id, reading.Gateway.StatusId, reading.Gateway.StatusInfo, reading.Personal.MandateReference, from, now);

    private static PreapprovalEvent[] FirstSchedule(Preapproval state, SiteCalendar site, DateTimeOffset now) => state switch
    {
        { Schedule: null, AskedSchedule: { } terms } => ScheduleFor(state, Schedule.Resolve(terms, 1, now, site.TimeZone, state.LastDecided), site, now),
        _ => [],
    };

    internal static PreapprovalEvent[] ScheduleFor(Preapproval state, Schedule schedule, SiteCalendar site, DateTimeOffset now)
    {
        var set = new ScheduleSet(state.Id, schedule, now);

        return site.Window is { } window ? [set, new DueTimeSet(state.Id, schedule.Revision, window.MillisecondOf(state.Id), schedule.LocalDate(now), now)] : [set];
    }

    private static PreapprovalEvent[] Drifted(Preapproval state, IReadOnlyList<Difference> differences, LearntFrom from, DateTimeOffset now)
    {
        var fresh = differences.Where(difference => !state.Drift.Contains(difference.Field)).ToArray();

        return fresh.Length == 0 ? [] : [new DriftFound(state.Id, [.. fresh.Select(difference => difference.Field)], fresh, from, now)];
    }

    /// <summary>A look-up of the mandate could not even be made: counted like one that told nothing, so that it ends with an owner.</summary>
    public static PreapprovalEvent[] LookUpFailed(Preapproval state, string symptom, LookUpPolicy lookUps, DateTimeOffset now) =>
        state.Unsettled is { NextLookUpAt: not null } ? [StillUnknown(state, symptom, LearntFrom.LookUp, lookUps, now)] : [];

    private static MandateOutcomeUnknown StillUnknown(Preapproval state, string symptom, LearntFrom from, LookUpPolicy policy, DateTimeOffset now)
    {
        var unsettled = state.Unsettled!;
        var made = unsettled.LookUps + (from is LearntFrom.LookUp ? 1 : 0);
        var next = policy.NextAt(made, now);

        return new MandateOutcomeUnknown(state.Id, unsettled.Operation, symptom, made, next, next is null ? LookUpPolicy.Owner : null, now);
    }
}

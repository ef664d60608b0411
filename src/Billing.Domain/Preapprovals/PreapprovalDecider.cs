using Billing.Domain.Gateway;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>Every rule of a preapproval: state in, events out, no clock and no I/O.</summary>
/// <remarks>
/// An empty result means there is nothing new. <c>now</c> is business time; <c>windowStart</c> is real time, taken
/// before the commit
/// of an intent. Nothing of ours that is sealed is read: decisions are the same before and after a person is forgotten.
/// On a snapshot every method may throw <see cref="NeedsFullHistoryException"/>.
/// </remarks>
public static partial class PreapprovalDecider
{
    /// <exception cref="RuleViolation">
    /// amount_over_cap: a period of the schedule costs more than the customer is asked to approve.
    /// </exception>
    public static PreapprovalEvent[] Request(
        Preapproval? state, Guid id, MandateTerms terms, MandatePersonal personal, ScheduleTerms? schedule,
        int? statedSiteId,
        DateTimeOffset now, DateTimeOffset windowStart, MethodProfiles? profiles = null)
    {
        if (state is not null)
        {
            return [];
        }

        var requested = new PreapprovalRequested(id, terms, personal, schedule, statedSiteId, windowStart, now);

        if (schedule is not null)
        {
            var begun = Preapproval.Fold(null, requested);
            MandateLimits.CheckSchedule(begun, schedule, ProfileOf(begun, profiles));
        }

        return [requested];
    }

    /// <summary>The gateway shows this mandate: in its answer, a notification or a look-up.</summary>
    /// <param name="differences">What it shows otherwise than we hold; kept as drift, never applied.</param>
    public static PreapprovalEvent[] RecordMandate(
        Preapproval state, MandateSnapshot snapshot, IReadOnlyList<Difference> differences, LearntFrom from,
        SiteCalendar site,
        DateTimeOffset now) =>
        from is LearntFrom.Notification && IsAnotherCustomers(state, differences)
            ? []
            :
            [
                .. Registered(state, snapshot, from, now), .. Moved(state, snapshot, from, site, now),
                .. Drifted(state, differences, from, now)
            ];

    /// <summary>The gateway has a mandate of which we have no record: its history begins here.</summary>
    public static PreapprovalEvent[] Recover(Preapproval? state, Guid id, MandateSnapshot snapshot, DateTimeOffset now)
    {
        if (state is not null)
        {
            return [];
        }

        // Decided again, the stream has another data key: what was sealed under the first one is not sealed again.
        var recovered = new RecoveredFromGateway(
            id, snapshot.Gateway, snapshot.Terms, snapshot.Personal.Unsealed(), now);

        return [recovered, .. Moved(Preapproval.Fold(null, recovered), snapshot, LearntFrom.LookUp, "Etc/UTC", now)];
    }

    public static PreapprovalEvent[] Forget(Preapproval state, DateTimeOffset now) =>
        state.IsForgotten ? [] : [new CustomerForgotten(state.Id, now)];

    /// <summary>
    /// A look-up of the mandate failed by itself: counted like one without a result, so that it ends with an owner.
    /// </summary>
    public static PreapprovalEvent[] LookUpFailed(
        Preapproval state, string symptom, LookUpPolicy lookUps, DateTimeOffset now) =>
        state.Unsettled is { Call: { State: OutboundState.Requested or OutboundState.Unknown, Owner: null } }
            ? [StillUnknown(state, symptom, LearntFrom.LookUp, lookUps, now)]
            : [];

    // Before the gateway's id is known, a notification is matched by the MerchantPreapprovalID alone, which another
    // program may have used for another customer. The country proves nothing: KakaoPay's notification changes it.
    private static bool IsAnotherCustomers(Preapproval state, IReadOnlyList<Difference> differences) =>
        state.Gateway is null && (state.IsForgotten || differences.Any(one =>
            one is
            {
                Field: "customer.email" or "method_id" or "currency" or "maximum_amount",
                Ours: { Length: > 0 } ours, Theirs: { } theirs,
            }
            && !string.Equals(ours, theirs, StringComparison.OrdinalIgnoreCase)));

    private static PreapprovalEvent[] Registered(
        Preapproval state, MandateSnapshot snapshot, LearntFrom from, DateTimeOffset now)
    {
        var isFirst = state.Gateway is null;
        var isOurAnswer = from is not LearntFrom.Notification && !state.CreateAnswered
            && state.Status is not PreapprovalStatus.Refused;

        if (!isFirst && !isOurAnswer)
        {
            return [];
        }

        // A notification moves status, gateway id and mandate reference only: its other values do not answer what we
        // asked for.
        return from is LearntFrom.Notification
            ? [new PreapprovalRegistered(state.Id, snapshot.Gateway, state.Terms, ReferenceOf(snapshot), from, now)]
            : [new PreapprovalRegistered(state.Id, snapshot.Gateway, snapshot.Terms, snapshot.Personal, from, now)];
    }

    private static MandatePersonal? ReferenceOf(MandateSnapshot snapshot) =>
        snapshot.Personal.MandateReference is { } reference
            ? new MandatePersonal(null, null, null, null, reference, null)
            : null;

    // By rank: 1 < 2 < 3, 4. A lower one is not new.
    private static PreapprovalEvent[] Moved(
        Preapproval state, MandateSnapshot snapshot, LearntFrom from, SiteCalendar site,
        DateTimeOffset now) => (snapshot.Status, state.Status) switch
        {
            (
                MandateStatus.Open,
                PreapprovalStatus.Requested or PreapprovalStatus.Pending or PreapprovalStatus.Abandoned
                    or PreapprovalStatus.Refused) =>
                [Opened(state, snapshot, from, now), .. FirstSchedule(state, site, now)],

            // The close may yet be refused: then the schedule has to run.
            (MandateStatus.Open, PreapprovalStatus.Closing) when state.OpenedAt is null =>
                [Opened(state, snapshot, from, now), .. FirstSchedule(state, site, now)],

            (MandateStatus.Closed, not PreapprovalStatus.Closed) => Closed(state, snapshot.Gateway, from, now),

            _ => [],
        };

    private static PreapprovalOpened Opened(
        Preapproval state, MandateSnapshot snapshot, LearntFrom from, DateTimeOffset now) =>
        new(
            state.Id, snapshot.Gateway.StatusId, snapshot.Gateway.StatusInfo, snapshot.Personal.MandateReference, from,
            now);

    private static PreapprovalEvent[] FirstSchedule(Preapproval state, SiteCalendar site, DateTimeOffset now) =>
        state switch
        {
            { Schedule: null, AskedSchedule: { } terms } =>
                ScheduleFor(state, Schedule.Resolve(terms, 1, now, site, state.LastDecided), site, now),
            _ => [],
        };

    internal static PreapprovalEvent[] ScheduleFor(
        Preapproval state, Schedule schedule, SiteCalendar site, DateTimeOffset now)
    {
        var set = new ScheduleSet(state.Id, schedule, now);

        return site.Window is { } window
            ?
            [
                set,
                new DueTimeSet(
                    state.Id, schedule.Revision, window.MillisecondOf(state.Id),
                    state.Schedule?.DueTime?.After ?? schedule.LocalDate(now), now)
            ]
            : [set];
    }

    private static PreapprovalEvent[] Drifted(
        Preapproval state, IReadOnlyList<Difference> differences, LearntFrom from, DateTimeOffset now)
    {
        var fresh = differences.Where(difference => !state.Drift.Contains(difference.Field)).ToArray();

        return fresh.Length == 0
            ? []
            :
            [
                new DriftFound(
                    state.Id, [.. fresh.Select(one => one.Field)], Sealed<IReadOnlyList<Difference>>.Of(fresh), from,
                    now)
            ];
    }

    private static MandateOutcomeUnknown StillUnknown(
        Preapproval state, string symptom, LearntFrom from, LookUpPolicy policy, DateTimeOffset now)
    {
        var (operation, call) = (state.Unsettled!.Operation, state.Unsettled.Call);
        var made = LookUpsMade(call, from);
        var next = policy.NextAt(made, now);

        return new MandateOutcomeUnknown(
            state.Id, operation, symptom, made, next, next is null ? LookUpPolicy.Owner : null, now);
    }

    private static MandateOutcomeUnknown Owned(
        Preapproval state, string symptom, LearntFrom from, LookUpPolicy policy, DateTimeOffset now) =>
        StillUnknown(state, symptom, from, policy with { Intervals = [] }, now);

    // The look-up that finds a call without any outcome makes it unknown; those after it are counted.
    private static int LookUpsMade(OutboundCall call, LearntFrom from) =>
        call.LookUps + (from is LearntFrom.LookUp && call.State is OutboundState.Unknown ? 1 : 0);

    // Null when the stream has no such charge.
    private static Charge? Held(Preapproval state, string merchantTransactionId)
    {
        if (state.Holds(merchantTransactionId))
        {
            return state.Charges[merchantTransactionId];
        }

        var mayExist = state.Charges.ContainsKey(merchantTransactionId)
            || state.StateOnLine(merchantTransactionId) is not null
            || state.HasForgottenCharges;

        return mayExist ? throw new NeedsFullHistoryException($"charge {merchantTransactionId}") : null;
    }
}

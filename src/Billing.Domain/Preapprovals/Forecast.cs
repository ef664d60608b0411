using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>What a preapproval will be charged, as things stand: a forecast and no promise.</summary>
/// <param name="AssumesOpenedNow">The customer has not approved yet: the dates assume an approval now.</param>
/// <param name="ChangeUnderWay">A change of the schedule waits for the gateway and may move these dates.</param>
/// <param name="Upcoming">In the order in which it falls due.</param>
/// <param name="LastDueOn">The schedule's last due date; null while it has no end.</param>
/// <param name="End">
/// Why nothing follows the last one listed: closed, closing, refused, abandoned, no_schedule, schedule_ended; null when
/// more follows.
/// </param>
public sealed record Forecast(
    bool AssumesOpenedNow, bool ChangeUnderWay, IReadOnlyList<UpcomingCharge> Upcoming, DateOnly? LastDueOn,
    string? End)
{
    /// <param name="count">How many to list at most.</param>
    /// <param name="site">Whose days and hours a schedule gets that is not set yet.</param>
    /// <param name="profiles">Null: the built-in ones.</param>
    public static Forecast Of(
        Preapproval preapproval, int count, SiteCalendar site, DateTimeOffset now, MethodProfiles? profiles = null)
    {
        var state = preapproval.At(now);
        var profile = (profiles ?? MethodProfiles.BuiltIn).Of(state.Terms.MethodId);

        if (state.Status is PreapprovalStatus.Requested or PreapprovalStatus.Pending)
        {
            return state.AskedSchedule is { } terms
                ? Listed(
                    PreapprovalDecider
                        .ScheduleFor(state, Schedule.Resolve(terms, 1, now, site, null), site, now)
                        .Aggregate(state, Preapproval.Fold),
                    true, count, now, profile)
                : new(true, false, [], null, "no_schedule");
        }

        return state.Status is PreapprovalStatus.Open
            ? Listed(state, false, count, now, profile)
            : new(false, false, [], null, state.Status.ToString().ToLowerInvariant());
    }

    private static Forecast Listed(
        Preapproval state, bool assumesOpenedNow, int count, DateTimeOffset now, MethodProfile profile)
    {
        var retries = state.Retries.Values.Select(retry => RetryOf(state, retry)).ToList();
        var all = retries.Concat(Periods(state, now, profile).Take(count + 1)).OrderBy(charge => charge.DueAt)
            .ThenBy(charge => charge.Period.DueOn).Take(count + 1).ToList();
        var end = all.Count > count ? null : state.Schedule is null ? "no_schedule" : "schedule_ended";

        return new(
            assumesOpenedNow, state.Unsettled is { Operation: MandateOperation.Change, Schedule: not null },
            [.. all.Take(count)], LastDueIn(state, now), end);
    }

    // Each is charged as if those before it had succeeded.
    private static IEnumerable<UpcomingCharge> Periods(
        Preapproval state, DateTimeOffset now, MethodProfile? limits = null)
    {
        var used = state.PeriodsUsed;
        var later = state;

        foreach (var due in state.Undecided)
        {
            if (due.Schedule.Periods <= used)
            {
                if (due.Schedule == (state.Planned?.Schedule ?? state.Schedule))
                {
                    yield break;
                }

                continue;
            }

            // What the merchant skipped and has passed is not shown any more.
            if (!state.Skipped.Contains(due.On) || due.At > now)
            {
                var next = PeriodOf(state, due, now);

                if (next.SkipReason is null && limits is not null)
                {
                    next = next with
                    {
                        SkipReason = MandateLimits.ReasonAgainst(
                            later, next.Amount, due.Schedule, limits, next.DueAt),
                    };
                }

                if (next.SkipReason is null)
                {
                    used++;
                    later = limits is null ? later : later.AsIfCharged(next.Amount, next.DueAt);
                }

                yield return next;
            }
        }
    }

    private static UpcomingCharge PeriodOf(Preapproval state, DueDate due, DateTimeOffset now)
    {
        var period = new Period(due.On);
        var reason = state.Skipped.Contains(due.On) ? "skipped"
            : due.At <= now ? PreapprovalDecider.ReasonToSkip(state, due, now)
            : state.PauseAt(due.At)?.Reason;

        return new(
            period, 1, state.DecidableAt(due.At) ?? due.At, due.Schedule.Amount, reason, BlockedBy(state, period, 1),
            due.Schedule.Revision)
        { IsCollected = reason is null && state.IsCollected(due.At) };
    }

    private static UpcomingCharge RetryOf(Preapproval state, DueRetry retry) => new(
        retry.Period, retry.Attempt, state.DueAtOf(retry) ?? retry.DueAt,
        PreapprovalDecider.AttemptsBefore(state, retry.Period, retry.Attempt).First().Amount,
        state.DueAtOf(retry) is null ? PreapprovalDecider.Paused : null, BlockedBy(state, retry.Period, retry.Attempt),
        PreapprovalDecider.AttemptsBefore(state, retry.Period, retry.Attempt).First().ScheduleRevision ?? 1);

    private static string? BlockedBy(Preapproval state, Period period, int attempt) =>
        state.Deferred.TryGetValue(period.DueOn, out var deferred) && deferred.Attempt == attempt
            && state.IsBlocked(deferred)
            ? deferred.BlockedBy
            : null;

    // Of a plan with a number of periods, the one that is charged last; unknown while a pause holds all of them back.
    internal static DateOnly? LastDueIn(Preapproval state, DateTimeOffset now) =>
        (state.Planned?.Schedule ?? state.Schedule) switch
        {
            null or { EndsOn: null, Periods: null } => null,
            { Periods: null } schedule => schedule.LastDueOnOrBefore(ScheduleRules.LastDate),
            { EndsOn: null } when state.Pauses.Exists(pause => pause.End is null) => null,
            _ => Periods(state, now).LastOrDefault()?.Period.DueOn ?? state.LastDecided,
        };
}

/// <param name="Attempt">1: the period itself; more: a retry.</param>
/// <param name="DueAt">Business time.</param>
/// <param name="SkipReason">
/// Why it will not be charged, as it is now: skipped (by the merchant), paused (a retry waits instead), suspended,
/// superseded, missed, mandate_lapsed, over_cap, frequency_exceeded; null when it will be.
/// </param>
/// <param name="BlockedBy">MerchantTransactionID of the charge in flight that it waits for.</param>
/// <param name="ScheduleRevision">The revision of the schedule that was or is in force when it falls due.</param>
public sealed record UpcomingCharge(
    Period Period, int Attempt, DateTimeOffset DueAt, Money Amount, string? SkipReason, string? BlockedBy,
    int ScheduleRevision)
{
    /// <summary>It is charged when the merchant's pause is over, at <see cref="DueAt"/> where that is known.</summary>
    public bool IsCollected { get; init; }
}

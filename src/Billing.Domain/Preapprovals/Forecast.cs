using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>What a preapproval will be charged, as things stand: a forecast and no promise.</summary>
/// <param name="AssumesOpenedNow">
/// The customer has not approved yet: the dates are those of an approval right now.
/// </param>
/// <param name="ChangeUnderWay">
/// A change of the schedule waits for the gateway: it may move what is listed here.
/// </param>
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
    public static Forecast Of(Preapproval state, int count, SiteCalendar site, DateTimeOffset now)
    {
        if (state.Status is PreapprovalStatus.Requested or PreapprovalStatus.Pending)
        {
            return state.AskedSchedule is { } terms
                ? Listed(
                    PreapprovalDecider.ScheduleFor(state, Schedule.Resolve(terms, 1, now, site.TimeZone, null), site, now)
                        .Aggregate(state, Preapproval.Fold),
                    true, count, now)
                : new(true, false, [], null, "no_schedule");
        }

        return state.Status is PreapprovalStatus.Open
            ? Listed(state, false, count, now)
            : new(false, false, [], null, state.Status.ToString().ToLowerInvariant());
    }

    private static Forecast Listed(Preapproval state, bool assumesOpenedNow, int count, DateTimeOffset now)
    {
        var retries = state.Retries.Values.Select(retry => RetryOf(state, retry)).ToList();
        var all = retries.Concat(Periods(state, now).Take(count + 1)).OrderBy(charge => charge.DueAt)
            .ThenBy(charge => charge.Period.DueOn).Take(count + 1).ToList();
        var end = all.Count > count ? null : state.Schedule is null ? "no_schedule" : "schedule_ended";

        return new(
            assumesOpenedNow, state.Unsettled is { Operation: MandateOperation.Change, Schedule: not null },
            [.. all.Take(count)], LastOf(state.Schedule), end);
    }

    private static IEnumerable<UpcomingCharge> Periods(Preapproval state, DateTimeOffset now)
    {
        for (var next = state.Schedule?.DueOnAfter(state.LastDecided); next is { } dueOn; next = state.Schedule!.DueOnAfter(dueOn))
        {
            var due = new DueCharge(new Period(dueOn), 1, state.Schedule!.DueAt(dueOn));

            // What the merchant skipped and has passed is not shown any more.
            if (!state.Skipped.Contains(dueOn) || due.DueAt > now)
            {
                yield return PeriodOf(state, due, now);
            }
        }
    }

    private static UpcomingCharge PeriodOf(Preapproval state, DueCharge due, DateTimeOffset now)
    {
        var reason = state.Skipped.Contains(due.Period.DueOn) ? "skipped"
            : due.DueAt <= now ? PreapprovalDecider.ReasonToSkip(state, state.Schedule!, due, now)
            : state.IsPaused ? "paused" : null;

        return new(due.Period, 1, due.DueAt, state.Schedule!.Amount, reason, BlockedBy(state, due.Period, 1));
    }

    private static UpcomingCharge RetryOf(Preapproval state, DueRetry retry) => new(
        retry.Period, retry.Attempt, retry.DueAt,
        PreapprovalDecider.AttemptsBefore(state, retry.Period, retry.Attempt).First().Amount,
        state.IsPaused ? "paused" : null, BlockedBy(state, retry.Period, retry.Attempt));

    private static string? BlockedBy(Preapproval state, Period period, int attempt) =>
        state.Deferred.TryGetValue(period.DueOn, out var deferred) && deferred.Attempt == attempt
            && state.IsBlocked(deferred)
            ? deferred.BlockedBy
            : null;

    private static DateOnly? LastOf(Schedule? schedule) =>
        schedule is { EndsOn: null, Periods: null } ? null : schedule?.LastDueOnOrBefore(ScheduleRules.LastDate);
}

/// <param name="Attempt">1: the period itself; more: a retry.</param>
/// <param name="DueAt">Business time.</param>
/// <param name="SkipReason">
/// Why it will not be charged, as things stand: skipped (by the merchant), paused (a retry waits instead), superseded,
/// missed; null when it will be.
/// </param>
/// <param name="BlockedBy">MerchantTransactionID of the charge in flight that it waits for.</param>
public sealed record UpcomingCharge(
    Period Period, int Attempt, DateTimeOffset DueAt, Money Amount, string? SkipReason, string? BlockedBy);

using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>A due date without its one outcome.</summary>
/// <param name="Outcomes">0: forgotten; 2 or more: decided twice.</param>
public sealed record DueFinding(DateOnly DueOn, int Outcomes);

/// <summary>
/// Proves of a stream that every due instant has exactly one recorded outcome, by counting its due dates again.
/// </summary>
/// <remarks>
/// It does not ask what decides, <see cref="Preapproval.LastDecided"/>, but lays the schedules that were set beside the
/// events that decided: a date is charged, skipped
/// by a rule, or skipped by the merchant. What is not decided yet must be what falls due next, where <c>overdue</c>
/// shows it, or wait for a charge in flight.
/// </remarks>
public static class DueProof
{
    public static IReadOnlyList<DueFinding> Of(IReadOnlyList<TimelineEvent> stream, DateTimeOffset now)
    {
        var findings = new List<DueFinding>();
        Preapproval? state = null;
        var outcomes = new Dictionary<DateOnly, int>();

        foreach (var one in stream)
        {
            // A new schedule, or the end, closes the account of the one before it.
            if (one.Event is ScheduleSet next && state?.Schedule is not null)
            {
                findings.AddRange(Undecided(state, outcomes, next.Schedule.FirstDueOn, one.HappenedAt));
            }
            else if (one.Event is PreapprovalClosed && state?.Schedule is not null)
            {
                // What the same decision skips is recorded right after it.
                Count(
                    outcomes,
                    stream.SkipWhile(other => other.Version <= one.Version)
                        .TakeWhile(other => other.Event is ChargeStopped or ChargeSkipped or RetriesExhausted));
                findings.AddRange(Undecided(state, outcomes, DateOnly.MaxValue, one.HappenedAt));
                state = null;

                break;
            }

            Count(outcomes, [one]);
            state = Preapproval.Fold(state, one.Event);
        }

        findings.AddRange(outcomes.Where(date => date.Value > 1).Select(date => new DueFinding(date.Key, date.Value)));

        // Decided or not, nothing lies before what falls due next.
        if (state is { Status: PreapprovalStatus.Open, Schedule: not null } open)
        {
            var waits = open.Deferred.Values.Where(deferred => deferred.Attempt == 1 && open.IsBlocked(deferred))
                .Select(deferred => (DateOnly?)deferred.Period.DueOn).Min();
            var shown = open.NextDue is { Attempt: 1 } due && due.DueAt <= now ? due.Period.DueOn : (DateOnly?)null;
            findings.AddRange(
                Undecided(
                    open, outcomes, new[] { waits, shown }.Min() ?? DateOnly.MaxValue,
                    open.NextDue is { Attempt: > 1 } retry && retry.DueAt <= now ? retry.DueAt.AddTicks(-1) : now));
        }

        return [.. findings.DistinctBy(finding => finding.DueOn).OrderBy(finding => finding.DueOn)];
    }

    private static IEnumerable<DueFinding> Undecided(
        Preapproval state, Dictionary<DateOnly, int> outcomes, DateOnly before, DateTimeOffset until)
    {
        var schedule = state.Schedule!;

        for (var next = schedule.DueOnAfter(null); next is { } dueOn && dueOn < before && schedule.DueAt(dueOn) <= until; next = schedule.DueOnAfter(dueOn))
        {
            if (outcomes.GetValueOrDefault(dueOn) == 0)
            {
                yield return new DueFinding(dueOn, 0);
            }
        }
    }

    private static void Count(Dictionary<DateOnly, int> outcomes, IEnumerable<TimelineEvent> events)
    {
        foreach (var one in events)
        {
            var (date, by) = one.Event switch
            {
                ChargeRequested { Charge: { Period: { } period, Attempt: 1 } } => (period.DueOn, 1),
                ChargeSkipped e => (e.Period.DueOn, 1),
                PeriodSkipped e => (e.Period.DueOn, 1),
                PeriodReinstated e => (e.Period.DueOn, -1),
                _ => (default, 0),
            };

            if (by != 0)
            {
                outcomes[date] = outcomes.GetValueOrDefault(date) + by;
            }
        }
    }
}

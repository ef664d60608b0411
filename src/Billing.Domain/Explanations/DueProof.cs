using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

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
        var (state, schedules, end) = SchedulesOf(stream, now);
        var outcomes = new Dictionary<DateOnly, int>();
        var charged = new HashSet<DateOnly>();
        var unknown = new HashSet<string>(StringComparer.Ordinal);

        // What the decision to close skips is recorded right after the close.
        foreach (var one in stream.TakeWhile(one => end is null || one.Version <= end.Version)
            .Concat(AfterTheClose(stream, end)))
        {
            Count(outcomes, charged, unknown, one);
        }

        var (before, until) = Undecided(state, end, now);
        var findings = Forgotten(schedules, outcomes, charged, before, until)
            .Concat(outcomes.Where(date => date.Value > 1).Select(date => new DueFinding(date.Key, date.Value)));

        return [.. findings.DistinctBy(finding => finding.DueOn).OrderBy(finding => finding.DueOn)];
    }

    // Each schedule with the time of day that was set behind it, and the instant at which the next one replaced it.
    private static (
        Preapproval? State, List<(Schedule Schedule, DateTimeOffset? ReplacedAt)> Schedules, TimelineEvent? End)
        SchedulesOf(IReadOnlyList<TimelineEvent> stream, DateTimeOffset now)
    {
        var schedules = new List<(Schedule Schedule, DateTimeOffset? ReplacedAt)>();
        Preapproval? state = null;

        foreach (var one in stream)
        {
            Follow(schedules, state?.At(one.HappenedAt));

            if (one.Event is PreapprovalClosed)
            {
                return (state, schedules, one);
            }

            state = Preapproval.Fold(state, one.Event);
            Follow(schedules, state);
        }

        Follow(schedules, state?.At(now));

        return (state, schedules, null);
    }

    // A planned change comes into force without an event of that instant.
    private static void Follow(List<(Schedule Schedule, DateTimeOffset? ReplacedAt)> schedules, Preapproval? state)
    {
        if (state?.Schedule is not { } inForce)
        {
            return;
        }

        if (schedules.Count > 0 && schedules[^1].Schedule.Revision == inForce.Revision)
        {
            schedules[^1] = (inForce, null);
        }
        else
        {
            if (schedules.Count > 0)
            {
                schedules[^1] = schedules[^1] with { ReplacedAt = state.Superseded[^1].ReplacedAt };
            }

            schedules.Add((inForce, null));
        }
    }

    private static IEnumerable<TimelineEvent> AfterTheClose(IReadOnlyList<TimelineEvent> stream, TimelineEvent? end) =>
        end is null ? [] : stream.SkipWhile(one => one.Version <= end.Version)
            .TakeWhile(one => one.Event is ChargeStopped or ChargeSkipped or RetriesExhausted);

    // Which dates must have an outcome by now: those before this date whose instant is not after that one.
    private static (DateOnly Before, DateTimeOffset Until) Undecided(
        Preapproval? state, TimelineEvent? end, DateTimeOffset now)
    {
        if (end is not null)
        {
            return (DateOnly.MaxValue, end.HappenedAt);
        }

        if (state is not { Status: PreapprovalStatus.Open, Schedule: not null })
        {
            return (DateOnly.MinValue, now);
        }

        var waits = state.Deferred.Values.Where(deferred => deferred.Attempt == 1 && state.IsBlocked(deferred))
            .Select(deferred => (DateOnly?)deferred.Period.DueOn).Min();
        var until = state.NextDue is { Attempt: > 1 } retry && retry.DueAt <= now ? retry.DueAt.AddTicks(-1) : now;

        // A pause that collects what falls due holds it until it ends.
        var held = state.NextPeriod is { } next && !(state.DecidableAt(next.At) <= until) ? next.On : (DateOnly?)null;
        var shown = state.NextDue is { Attempt: 1 } due && due.DueAt <= now ? due.Period.DueOn : (DateOnly?)null;

        return (new[] { waits, held, shown }.Min() ?? DateOnly.MaxValue, until);
    }

    // A plan that has used all its periods owes no further date.
    private static IEnumerable<DueFinding> Forgotten(
        List<(Schedule Schedule, DateTimeOffset? ReplacedAt)> schedules, Dictionary<DateOnly, int> outcomes,
        HashSet<DateOnly> charged, DateOnly before, DateTimeOffset until)
    {
        foreach (var (schedule, replacedAt) in schedules)
        {
            var last = replacedAt < until ? replacedAt.Value : until;

            for (var next = schedule.DueOnAfter(null);
                next is { } dueOn && dueOn < before && schedule.DueAt(dueOn) <= last;
                next = schedule.DueOnAfter(dueOn))
            {
                if (outcomes.GetValueOrDefault(dueOn) == 0
                    && !(schedule.Periods <= charged.Count(date => date < dueOn)))
                {
                    yield return new DueFinding(dueOn, 0);
                }
            }
        }
    }

    private static void Count(
        Dictionary<DateOnly, int> outcomes, HashSet<DateOnly> charged, HashSet<string> unknown, TimelineEvent one)
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

        if (one.Event is ChargeRequested { Charge: { Period: { } paid, Attempt: 1 } })
        {
            charged.Add(paid.DueOn);
        }
        else if (one.Event is ChargeFoundAtGateway { UsesPeriod: true, Charge.Period: { } found })
        {
            charged.Add(found.DueOn);
        }
        else if (one.Event is PaymentOutcomeUnknown { Charge: var asked })
        {
            unknown.Add(asked.MerchantTransactionId);
        }
        else if (one.Event is ChargeStopped { Reason: PreapprovalDecider.Suspended, SendAgainAt: null } stopped
            && stopped.Charge is { Period: { } unused, Attempt: 1 }
            && !unknown.Contains(stopped.Charge.MerchantTransactionId))
        {
            charged.Remove(unused.DueOn);
        }
    }
}

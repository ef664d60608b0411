using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

/// <summary>One preapproval whose every charge is paid at once.</summary>
internal sealed class ScheduleLife
{
    private readonly List<PreapprovalEvent> history = [];
    private DateTimeOffset now;

    public ScheduleLife(ScheduleTerms terms)
    {
        now = new DateTimeOffset(terms.FirstDueOn!.Value.AddDays(-2), TimeOnly.MinValue, TimeSpan.Zero);
        Take([Specs.A.Requested(terms), Registered(), Opened(at: now), Set(terms, now)]);
    }

    public Preapproval State { get; private set; } = null!;

    public IEnumerable<ChargeRequested> Requested => history.OfType<ChargeRequested>();

    public IEnumerable<DateOnly> Charged => Requested.Select(e => e.Charge.Period!.Value.DueOn);

    private IEnumerable<DateOnly> Skipped => history.OfType<ChargeSkipped>().Select(e => e.Period.DueOn);

    public void Live(Func<int, TimeSpan> late, DateOnly until)
    {
        for (var n = 0; State.NextDue is { } due && due.Period.DueOn <= until; n++)
        {
            Sweep(due.DueAt + late(n));
        }
    }

    public void Follow(int whim) => Try(() => (whim % 20) switch
    {
        < 10 when State.NextDue is { } due => Swept(due.DueAt.AddMinutes(whim)),
        10 => Waited(whim),
        11 => State.PausedAt(now) is null ? Pause(State, now, PauseOf(whim)) : Resume(State, now),
        12 or 13 or 14 => SkipPeriod(State, whim % 3 == 0 ? null : Ahead(whim % 5), now),
        15 => ReinstatePeriod(
            State, whim % 3 == 0 ? null : State.Skipped.Order().Cast<DateOnly?>().LastOrDefault(), now),
        16 => Change(Monthly with { AmountMinor = whim + 1, FirstDueOn = null }),
        17 => Change(Monthly with
        {
            Unit = (ScheduleUnit)(whim % 3),
            Every = (whim % 4) + 1,
            FirstDueOn = null,
            CatchUp = CatchUp.BillAll
        }),
        18 => Change(Monthly with
        {
            FirstDueOn = DateOnly.FromDateTime(now.UtcDateTime).AddDays((whim % 70) - 30),
            CatchUp = (CatchUp)(whim % 3),
        }),
        _ => Change(Monthly with { FirstDueOn = null, Periods = (whim % 9) + 1 }),
    });

    /// <summary>Changes that ask nothing of the gateway: planned ones, and those in force at once.</summary>
    public void Plan(int whim) => Try(() => whim % 6 == 0
        ? CancelPlannedChange(State, now)
        : ChangeSchedule(
            State,
            new ScheduleWish(whim + 1, (whim % 3) + 1, whim % 4 == 0 ? ScheduleUnit.Week : null, null,
                whim % 5 == 0 ? whim % 30 : null),
            whim % 7 == 0 ? null : DateOnly.FromDateTime(now.UtcDateTime).AddDays((whim % 90) - 9), null, SiteZone,
            now));

    public void AssertEachDecidedOnce()
    {
        // What a pause has collected is charged when it ends.
        Take(Resume(State, now));
        Sweep(now);

        var decided = Charged.Concat(Skipped).ToList();
        Assert.Equal(decided.Count, decided.Distinct().Count());

        var revisions = Revisions.ToList();
        var used = 0;

        foreach (var (index, (schedule, _)) in revisions.Index())
        {
            var until = index + 1 < revisions.Count ? revisions[index + 1].ReplacesAt : now;

            for (var due = schedule.DueOnAfter(null); due is { } date
                && schedule.DueAt(date) <= until; due = schedule.DueOnAfter(date))
            {
                var outcomes = decided.Count(other => other == date) + (State.Skipped.Contains(date) ? 1 : 0);
                var isComplete = schedule.Periods <= used;
                Assert.True(
                    outcomes == 1 || (isComplete && outcomes == 0),
                    $"{date:yyyy-MM-dd} of revision {schedule.Revision} has {outcomes} outcomes.");
                used += Charged.Contains(date) ? 1 : 0;
            }
        }

        Assert.Empty(DueProof.Of(Explanations.Timeline.Story([.. history]), now));
    }

    // The latest instant that belongs to the schedule before.
    private IEnumerable<(Schedule Schedule, DateTimeOffset ReplacesAt)> Revisions => history.SelectMany(e => e switch
    {
        ScheduleSet set => [(set.Schedule, set.HappenedAt)],
        ScheduleChangePlanned plan when plan.EffectiveAt <= now && !history.OfType<PlannedChangeCancelled>()
            .Any(cancelled => cancelled.ScheduleRevision == plan.Schedule.Revision) =>
            [(plan.Schedule, plan.EffectiveAt.AddTicks(-1))],
        _ => Array.Empty<(Schedule, DateTimeOffset)>(),
    });

    private PauseTerms? PauseOf(int whim) => whim % 3 == 0
        ? null
        : new(whim % 5 == 0 ? null : DateOnly.FromDateTime(now.UtcDateTime).AddDays((whim % 70) + 1), whim % 2 == 0);

    private PreapprovalEvent[] Swept(DateTimeOffset at)
    {
        Sweep(at);

        return [];
    }

    private PreapprovalEvent[] Waited(int whim)
    {
        now = now.AddHours(whim);

        return [];
    }

    // As the job does: asks until nothing is due, and once more in vain.
    private void Sweep(DateTimeOffset at)
    {
        now = at > now ? at : now;

        while (State.NextDue is { } due && due.DueAt <= now)
        {
            Take(ChargeDue(State, due.Period, due.Attempt, now));

            if (State.InFlight is { } charge)
            {
                Assert.DoesNotContain(ChargeDue(State, due.Period, due.Attempt, now), e => e is ChargeRequested);
                Take(RecordOutcome(State, Answer(charge.Id, Confirmed(PaymentStatus.Charged)), LookUps, now));
            }
        }
    }

    private PreapprovalEvent[] Change(ScheduleTerms terms)
    {
        Take(RequestChange(State, Terms, Personal, terms, null, now));

        return RecordChange(State, Confirmed(MandateStatus.Open), true, LearntFrom.Answer, LookUps, SiteZone, now);
    }

    private DateOnly? Ahead(int periods)
    {
        var date = State.Schedule!.DueOnAfter(State.LastDecided);

        for (var n = 0; n < periods && date is { } on; n++)
        {
            date = State.Schedule.DueOnAfter(on);
        }

        return date;
    }

    private void Try(Func<PreapprovalEvent[]> decide)
    {
        try
        {
            Take(decide());
        }
        catch (RuleViolation)
        {
            // Refused: nothing has happened.
        }
    }

    private void Take(PreapprovalEvent[] events)
    {
        history.AddRange(events);
        State = events.Aggregate((Preapproval?)State, Preapproval.Fold)!;
    }
}

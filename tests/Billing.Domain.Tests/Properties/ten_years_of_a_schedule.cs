using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

// Schedules as they are lived: swept, decided, charged, against a calendar that counts by hand.
[Keeps(Promise.NothingDueIsForgotten)]
public class ten_years_of_a_schedule
{
    private static readonly string[] EveryZone = [.. DateTimeZoneProviders.Tzdb.Ids];

    [Theory]
    [InlineData(ScheduleUnit.Day)]
    [InlineData(ScheduleUnit.Week)]
    [InlineData(ScheduleUnit.Month)]
    [InlineData(ScheduleUnit.Year)]
    public void charge_each_local_period_once_whatever_the_anchor_day(ScheduleUnit unit)
    {
        // A daily one passes over every other anchor.
        foreach (var day in unit is ScheduleUnit.Day ? [31] : Enumerable.Range(1, 31))
        {
            var terms = Monthly with { Unit = unit, FirstDueOn = new(2024, 1, day), TimeZone = EveryZone[day * 19 % EveryZone.Length], CatchUp = CatchUp.BillAll };
            var until = terms.FirstDueOn.Value.AddYears(10);
            var life = new Life(terms);
            life.Live(_ => TimeSpan.Zero, until);

            Assert.Equal(Schedules.Naive(terms.FirstDueOn.Value, 1, unit, until), life.Charged);
            Assert.All(life.Requested, e => Assert.Equal(e.Charge.Period!.Value.DueOn, life.State.Schedule!.LocalDate(e.HappenedAt)));
        }
    }

    [Fact]
    public void charge_each_local_period_once_in_any_zone_however_late_the_sweep_comes() => Prop
        .ForAll(Arb.From(from terms in Schedules.Endless() from zone in Gen.Elements(EveryZone) from hours in Gen.ArrayOf(Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, 2000))), 7) select (terms, zone, hours)), it =>
        {
            var terms = it.terms with { TimeZone = it.zone, CatchUp = CatchUp.BillAll, Periods = 100 };
            var until = terms.FirstDueOn!.Value.AddYears(10);
            var life = new Life(terms);
            life.Live(n => TimeSpan.FromHours(it.hours[n % it.hours.Length]), until);

            Assert.Equal(Schedules.Naive(terms.FirstDueOn.Value, terms.Every, terms.Unit, until).Take(100), life.Charged.Where(date => date <= until));
            Assert.All(life.Requested, e => Assert.True(e.HappenedAt >= life.State.Schedule!.DueAt(e.Charge.Period!.Value.DueOn)));
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    // A day begins once and holds no instant of another: no clock change makes two of it or none, but where a zone left a day out.
    [Fact]
    public void begin_each_day_once_in_every_zone_of_the_tz_database()
    {
        foreach (var zone in EveryZone)
        {
            var schedule = (Schedules.Monthly(new DateOnly(2024, 1, 1)) with { TimeZone = zone }).Resolved();
            var (day, last) = (new DateOnly(2024, 1, 1), schedule.DueAt(new DateOnly(2023, 12, 31)));

            for (; day.Year < 2034; day = day.AddDays(1))
            {
                var begin = schedule.DueAt(day);
                Assert.True(begin > last && schedule.LocalDate(begin) == day && schedule.LocalDate(begin.AddTicks(-1)) == day.AddDays(-1), $"{zone} {day:yyyy-MM-dd}");
                last = begin;
            }
        }
    }

    [Fact]
    public void decide_each_due_date_once_however_they_are_changed_paused_and_skipped() => Prop
        .ForAll(Arb.From(from terms in Schedules.Endless() from zone in Gen.Elements(EveryZone) from rule in Gen.Elements(Enum.GetValues<CatchUp>()) from whims in Gen.ArrayOf(Gen.Choose(0, 999), 60) select (terms, zone, rule, whims)), it =>
        {
            var life = new Life(it.terms with { TimeZone = it.zone, CatchUp = it.rule });

            foreach (var whim in it.whims)
            {
                life.Follow(whim);
            }

            life.AssertEachDecidedOnce();
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    /// <summary>One preapproval whose every charge is paid at once.</summary>
    private sealed class Life
    {
        private readonly List<PreapprovalEvent> history = [];
        private DateTimeOffset now;

        public Life(ScheduleTerms terms)
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
            11 => State.IsPaused ? Resume(State, now) : Pause(State, now),
            12 or 13 or 14 => SkipPeriod(State, whim % 3 == 0 ? null : Ahead(whim % 5), now),
            15 => ReinstatePeriod(State, whim % 3 == 0 ? null : State.Skipped.Order().Cast<DateOnly?>().LastOrDefault(), now),
            16 => Change(Monthly with { AmountMinor = whim + 1, FirstDueOn = null }),
            17 => Change(Monthly with { Unit = (ScheduleUnit)(whim % 3), Every = (whim % 4) + 1, FirstDueOn = null, CatchUp = CatchUp.BillAll }),
            18 => Change(Monthly with { FirstDueOn = DateOnly.FromDateTime(now.UtcDateTime).AddDays((whim % 70) - 30), CatchUp = (CatchUp)(whim % 3) }),
            _ => Change(Monthly with { FirstDueOn = null, Periods = (whim % 9) + 1 }),
        });

        public void AssertEachDecidedOnce()
        {
            Sweep(now);

            var decided = Charged.Concat(Skipped).ToList();
            Assert.Equal(decided.Count, decided.Distinct().Count());

            var revisions = history.OfType<ScheduleSet>().ToList();
            var used = 0;

            foreach (var (index, set) in revisions.Index())
            {
                var until = revisions.ElementAtOrDefault(index + 1)?.HappenedAt ?? now;

                for (var due = set.Schedule.DueOnAfter(null); due is { } date && set.Schedule.DueAt(date) <= until; due = set.Schedule.DueOnAfter(date))
                {
                    var outcomes = decided.Count(other => other == date) + (State.Skipped.Contains(date) ? 1 : 0);
                    var isComplete = set.Schedule.Periods <= used;
                    Assert.True(outcomes == 1 || (isComplete && outcomes == 0), $"{date:yyyy-MM-dd} of revision {set.Schedule.Revision} has {outcomes} outcomes.");
                    used += Charged.Contains(date) ? 1 : 0;
                }
            }

            Assert.Empty(DueProof.Of(Explanations.Timeline.Story([.. history]), now));
        }

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
}

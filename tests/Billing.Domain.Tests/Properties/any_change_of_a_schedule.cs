using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

/// <summary>
/// Any history of changes, pauses and skips charges what a calendar by hand says, also where the jobs did not run.
/// </summary>
[Keeps(Promise.NothingDueIsForgotten)]
public class any_change_of_a_schedule
{
    private static readonly DateOnly Begin = new(2026, 1, 31);

    [Fact]
    public void charges_what_the_calendar_says_whether_the_jobs_run_in_time_or_late() => Prop
        .ForAll(Histories, history =>
        {
            var calendar = new HandCalendar(history.Terms, Begin);
            var (inTime, late) = (new Life(history.Terms), new Life(history.Terms));

            foreach (var whim in history.Whims)
            {
                var at = inTime.Now.AddHours(whim.Hours);
                calendar.PassTo(at);
                inTime.Sweep(at);
                late.PassTo(at, withJobs: whim.JobsRun);

                var isTaken = calendar.Follow(whim, at);
                Assert.Equal(isTaken, inTime.Follow(whim));
                Assert.Equal(isTaken, late.Follow(whim));
            }

            var end = inTime.Now.AddDays(900);
            calendar.PassTo(end);
            inTime.Sweep(end);
            late.PassTo(end, withJobs: true);

            Assert.Equal(calendar.Charged, inTime.Charged);
            Assert.Equal(calendar.Charged, late.Charged);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    private static Arbitrary<(ScheduleTerms Terms, Whim[] Whims)> Histories => Arb.From(
        from terms in AnyTerms(first: true)
        from length in Gen.Choose(1, 25)
        from whims in Gen.ArrayOf(AnyWhim, length)
        select (terms, whims),
        it => Enumerable.Range(0, it.whims.Length)
            .Select(n => (it.terms, it.whims.Where((_, index) => index != n).ToArray())));

    private static Gen<Whim> AnyWhim =>
        from kind in Gen.Frequency(
            (6, Gen.Constant("change")), (2, Gen.Constant("pause")), (2, Gen.Constant("resume")),
            (2, Gen.Constant("skip")), (4, Gen.Constant("wait")), (3, Gen.Constant("pause_with_terms")),
            (4, Gen.Constant("plan")), (1, Gen.Constant("cancel_plan")),
            (3, Gen.Constant("price_change")), (1, Gen.Constant("cancel_price_change")))
        from terms in AnyTerms(first: false)
        from hours in Gen.Frequency((2, Gen.Choose(0, 30)), (3, Gen.Choose(24, 1500)))
        from jobsRun in Gen.Elements(true, false)
        from days in Gen.Frequency((1, Gen.Constant<int?>(null)), (4, Gen.Choose(-5, 120).Select(n => (int?)n)))
        from isCollected in Gen.Elements(true, false)
        select new Whim(kind, terms, hours, jobsRun, days, isCollected);

    // The first one names its first date; a change mostly goes on with the one in force.
    private static Gen<ScheduleTerms> AnyTerms(bool first) =>
        from unit in Gen.Elements(ScheduleUnit.Week, ScheduleUnit.Month, ScheduleUnit.Month, ScheduleUnit.Year)
        from every in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Choose(2, 6)))
        from amount in Gen.Choose(100, 105)
        from periods in Gen.Frequency((3, Gen.Constant<int?>(null)), (2, Gen.Choose(1, 12).Select(n => (int?)n)))
        from day in Gen.Frequency((5, Gen.Constant<int?>(null)), (1, Gen.Choose(-40, 60).Select(n => (int?)n)))
        select new ScheduleTerms(
            amount, "BRL", every, unit, first ? Begin : day is { } n ? Begin.AddDays(n * 7) : null, "UTC", null,
            periods, CatchUp.BillAll);

    /// <summary>The product's decisions; every charge is paid at once.</summary>
    private sealed class Life
    {
        private static readonly Guid PriceChange = Guid.Parse("0190c0de-0000-7000-8000-000000000001");

        private Preapproval state;

        public Life(ScheduleTerms terms)
        {
            Now = new DateTimeOffset(Begin.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddHours(-11.5);
            PreapprovalEvent[] opened = [Requested(terms), Registered(), Opened(at: Now), Set(terms, Now)];
            state = opened.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!;
        }

        public DateTimeOffset Now { get; private set; }

        public List<(DateOnly On, long Amount)> Charged { get; } = [];

        private DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

        /// <summary>The jobs run at every due instant up to this one, and at it.</summary>
        public void Sweep(DateTimeOffset until)
        {
            while (state.NextDue is { } due && due.DueAt <= until)
            {
                PassTo(due.DueAt > Now ? due.DueAt : Now, withJobs: true);
            }

            Now = until;
        }

        public void PassTo(DateTimeOffset instant, bool withJobs)
        {
            Now = instant;

            while (withJobs && state.NextDue is { } due && due.DueAt <= Now)
            {
                Take(PreapprovalDecider.ChargeDue(state, Now, Now));

                if (state.InFlight is { } charge)
                {
                    Charged.Add((charge.Id.Period!.Value.DueOn, charge.Amount.Minor));
                    Take(RecordOutcome(state, Answer(charge.Id, Confirmed(PaymentStatus.Charged)), LookUps, Now));
                }
            }
        }

        public bool Follow(Whim whim)
        {
            try
            {
                Take(whim.Kind switch
                {
                    "pause" => Pause(state, Now),
                    "pause_with_terms" => Pause(
                        state, Now,
                        new(whim.Days is { } days ? Today.AddDays(1 + Math.Abs(days)) : null, whim.IsCollected)),
                    "plan" => ChangeSchedule(
                        state,
                        new(whim.Terms.AmountMinor, whim.Terms.Every, whim.Terms.Unit, null, whim.Terms.Periods),
                        Today.AddDays(whim.Days ?? 0), null, SiteZone, Now),
                    "cancel_plan" => CancelPlannedChange(state, Now),
                    "price_change" => ChangePrice(
                        state,
                        new("BRL", null, null, null, whim.Terms.AmountMinor, null, Today.AddDays(whim.Days ?? 0)),
                        PriceChange, SiteZone, Now),
                    "cancel_price_change" => CancelPriceChange(state, PriceChange, Now),
                    "resume" => Resume(state, Now),
                    "skip" => SkipPeriod(state, null, Now),
                    "change" => RequestChange(state, Terms, Personal, whim.Terms, null, Now),
                    _ => [],
                });
                Take(
                    whim.Kind is "change"
                        ? RecordChange(
                            state, Confirmed(MandateStatus.Open), true, LearntFrom.Answer, LookUps, SiteZone, Now)
                        : []);

                return true;
            }
            catch (RuleViolation)
            {
                return false;
            }
        }

        private void Take(PreapprovalEvent[] events) =>
            state = events.Aggregate((Preapproval?)state, Preapproval.FoldSnapshot)!;
    }
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

// Declines, retries now, resumptions and late successes in any order: a plan of four periods, each rule after retries.
[Keeps(Promise.NeverChargedTwice)]
public class the_end_of_dunning
{
    private const int Periods = 4;
    private static readonly string[] Codes = ["119", "119", "12", "118"];

    [Fact]
    public void charges_no_due_date_twice_and_no_more_periods_than_the_plan_has()
    {
        var (retried, closed, suspended) = (0, 0, 0);

        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 9999), 80)), whims =>
        {
            var life = new Life((AfterRetries)(whims[0] % 3));

            foreach (var whim in whims)
            {
                life.Follow(whim);
            }

            retried += life.Retried;
            closed += life.History.OfType<CloseRequested>().Count();
            suspended += life.History.OfType<ScheduleSuspended>().Count();
            life.AssertChargedOnce();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

        Assert.True(retried > 300 && closed > 20 && suspended > 50, $"{retried} {closed} {suspended}");
    }

    /// <summary>One preapproval whose charges the gateway pays, also late, when the history says so.</summary>
    private sealed class Life
    {
        private readonly HashSet<ChargeId> taken = [];
        private Preapproval state;
        private DateTimeOffset now = Noon;

        public Life(AfterRetries rule)
        {
            History = [.. OpenWith(Monthly with { Periods = Periods, AfterRetries = rule })];
            state = History.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        }

        public List<PreapprovalEvent> History { get; }

        public int Retried { get; private set; }

        public void Follow(int whim)
        {
            switch (whim % 10)
            {
                case < 4 when state.InFlight is { } charge:
                    Answer(charge.Id, whim / 10);
                    break;
                case < 4:
                    Sweep(whim);
                    break;
                case 4 or 5:
                    Retry(whim);
                    break;
                case 6:
                    Take(Resume(state, now));
                    break;
                case 7 when state.Charges.Values.Where(one => one.State is MoneyState.Failed).ToList()
                    is { Count: > 0 } failed && whim % 4 == 0:
                    Learn(failed[whim / 10 % failed.Count].Id, PaymentStatus.Charged);
                    break;
                case 8 when History.OfType<DunningEnded>().LastOrDefault() is { } ended:
                    Take(CloseAfterDunning(state, ended.Period, ended.Attempts, now, now));
                    break;
                default:
                    now = now.AddHours(whim % 60);
                    break;
            }
        }

        public void AssertChargedOnce()
        {
            var requested = History.OfType<ChargeRequested>().Select(e => e.Charge).ToList();

            Assert.Equal(requested.Count, requested.Distinct().Count());
            Assert.InRange(requested.Select(charge => charge.Period).Distinct().Count(), 0, Periods);
            Assert.All(
                taken.GroupBy(charge => charge.Period).Where(period => period.Count() > 1),
                period => Assert.Contains(
                    History.OfType<PeriodPaidTwice>(), twice => twice.Period == period.Key));
        }

        private void Sweep(int whim)
        {
            if (state.NextDue is not { } due)
            {
                return;
            }

            now = due.DueAt > now ? due.DueAt.AddMinutes(whim % 90) : now;

            // A retry only after a look-up of what came before: what the gateway took is learnt then.
            if (due.Attempt > 1
                && EarlierAttempts(state, due.Period, due.Attempt).FirstOrDefault(one => taken.Contains(one.Id))
                    is { } late)
            {
                Learn(late.Id, PaymentStatus.Charged);
                return;
            }

            Take(due.Attempt == 1
                ? ChargeDue(state, now, now)
                : RequestRetry(state, due.Period, due.Attempt, now, now));
            Assert.DoesNotContain(
                state.NextDue is { } next && next.DueAt <= now
                    ? Specs.Decisions.ChargeDue(state, next.Period, next.Attempt, now)
                    : [],
                e => e is ChargeRequested && state.InFlight is not null);
        }

        // Now and then the gateway takes the money although its answer was a decline.
        private void Answer(ChargeId id, int whim)
        {
            if (whim % 5 == 0)
            {
                Learn(id, PaymentStatus.Charged);
                return;
            }

            Learn(id, PaymentStatus.Failed, Codes[whim % Codes.Length]);

            if (whim % 7 == 0)
            {
                taken.Add(id);
            }
        }

        private void Learn(ChargeId id, PaymentStatus status, string? code = null)
        {
            if (status is PaymentStatus.Charged)
            {
                taken.Add(id);
            }

            Take(Specs.Decisions.RecordOutcome(
                state, LookUp(id, Confirmed(status, code)), Specs.A.LookUps, now));
        }

        private void Retry(int whim)
        {
            try
            {
                var events = RetryNow(
                    state, whim % 3 == 0 || state.Unpaid.IsEmpty
                        ? null
                        : state.Unpaid.Keys.ElementAt(whim % state.Unpaid.Count), now);
                Take(events);
                Retried += events.Length;
            }
            catch (RuleViolation)
            {
                // Refused: nothing has happened.
            }
        }

        private void Take(PreapprovalEvent[] events)
        {
            History.AddRange(events);
            state = events.Aggregate(state, Preapproval.Fold);
        }
    }
}

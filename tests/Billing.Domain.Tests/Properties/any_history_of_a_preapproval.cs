using System.Text.RegularExpressions;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

// Random decisions in random order. That every event folds is part of each: a stream that does not throws.
[Keeps(Promise.NeverChargedTwice, Promise.NothingDueIsForgotten, Promise.ClosedIsNotCharged)]
public class any_history_of_a_preapproval
{
    [Fact]
    public void sends_one_scheduled_charge_at_a_time() => After(walk =>
    {
        Assert.True(walk.State.Charges.Values.Count(charge => charge.IsInFlight) <= 1);
        Assert.All(
            walk.State.Charges.Values,
            charge => Assert.Equal(charge.IsUnsettled || charge.State is MoneyState.Pending, charge.Call is not null));
    });

    [Fact]
    public void requests_each_attempt_at_a_period_once_and_in_order() => After(walk =>
    {
        var requested = Of<ChargeRequested>(walk).Where(e => e.Charge.Period is not null).ToList();

        Assert.All(
            requested.GroupBy(e => e.Charge.Period!.Value.DueOn),
            date => Assert.Equal(
                Enumerable.Range(1, date.Count()).Select(attempt => (date.First().Charge.Period, attempt)),
                date.Select(e => (e.Charge.Period, e.Charge.Attempt))));
        Assert.Empty(requested.Select(e => e.Charge.Period!.Value.DueOn)
            .Intersect(Of<ChargeSkipped>(walk).Select(e => e.Period.DueOn)));
    });

    [Fact]
    public void gives_every_charge_an_id_of_its_own_that_the_gateway_takes() => After(walk =>
    {
        var ids = Of<ChargeRequested>(walk).Select(e => e.Charge.MerchantTransactionId).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches(new Regex(@"\A[0-9a-zA-Z_-]{1,50}\z"), id));
    });

    [Fact]
    public void charges_nothing_unless_open_and_no_retry_unless_all_before_it_failed() => Prop
        .ForAll(Steps.Any, it => new Walk(it.CatchUp, it.Unit, it.IsOpen) { Watch = MayBeSent }.Go(it.Steps))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void pays_a_due_date_once_or_says_that_it_was_paid_twice() => After(walk =>
    {
        var charged = Of<PaymentCharged>(walk).Where(e => e.Charge.Period is not null).ToList();
        var twice = Of<PeriodPaidTwice>(walk).Select(e => e.Period.DueOn).ToHashSet();

        Assert.Equal(charged.Count, charged.Select(e => e.Charge.MerchantTransactionId).Distinct().Count());
        Assert.All(
            charged.GroupBy(e => e.Charge.Period!.Value.DueOn).Where(date => date.Count() > 1),
            date => Assert.Contains(date.Key, twice));
    });

    [Fact]
    public void says_each_thing_after_a_success_once() => After(walk =>
    {
        var facts = walk.History.Where(e => e is PaymentReversed or PaymentDisputed or DisputeWon or DisputeLost
            or PaymentChargedBack or PaymentRefunded)
            .Select(e => (e.GetType(), ((IChargeEvent)e).Charge, Named(e)))
            .ToList();

        Assert.Equal(facts.Count, facts.Distinct().Count());
    });

    [Fact]
    public void moves_on_from_what_it_decided() => Prop
        .ForAll(Steps.Any, it => new Walk(it.CatchUp, it.Unit, it.IsOpen) { Watch = MovesOn }.Go(it.Steps))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void defers_a_charge_once_per_blocker() => After(walk =>
    {
        var deferred = Of<ChargeDeferred>(walk).Select(e => (e.Period, e.Attempt, e.BlockedBy)).ToList();

        Assert.Equal(deferred.Count, deferred.Distinct().Count());
    });

    [Fact]
    public void closes_once_and_sends_nothing_afterwards() => After(walk =>
    {
        Assert.True(Of<PreapprovalClosed>(walk).Count() <= 1);
        Assert.DoesNotContain(
            walk.History.SkipWhile(e => e is not PreapprovalClosed),
            e => e is ChargeRequested or ChargeResent or RetryScheduled or ScheduleSet);
    });

    // The watchdog counts again what the decisions have done, at any moment.
    [Fact]
    public void passes_the_proof_of_its_due_dates() =>
        After(walk => Assert.Empty(DueProof.Of(Explanations.Timeline.Story([.. walk.History]), walk.Now)));

    [Fact]
    public void forgets_nothing_that_was_due() => After(walk =>
    {
        walk.Finish();

        var decided =
            walk.History.Select(DateDecided).Concat(walk.State.Skipped.Select(date => (DateOnly?)date)).ToHashSet();
        var charged = Of<IFirstChargeEvent>(walk)
            .Where(e => e is ChargeRequested or ChargeFoundAtGateway { UsesPeriod: true })
            .Select(e => e.Charge.Period?.DueOn).ToHashSet();
        var revisions = Revisions(walk);

        foreach (var (index, (schedule, _)) in revisions.Select(one => (one.Schedule!, one.SetAt)).Index())
        {
            var (next, replacedAt) =
                index + 1 < revisions.Count ? revisions[index + 1] : (null, walk.State.ClosedAt ?? walk.Now);

            for (var due = schedule.DueOnAfter(null); due is { } date && date < (next?.FirstDueOn ?? DateOnly.MaxValue)
                && schedule.DueAt(date) <= replacedAt; due = schedule.DueOnAfter(date))
            {
                var used = charged.Count(paid => paid < date);
                Assert.True(decided.Contains(date) || schedule.Periods <= used, $"{date:O} was forgotten.");
            }
        }
    });

    // Each with the time of day that was set behind it.
    private static List<(Schedule? Schedule, DateTimeOffset SetAt)> Revisions(Walk walk)
    {
        var (state, revisions) = ((Preapproval?)null, new List<(Schedule?, DateTimeOffset)>());

        foreach (var @event in walk.History)
        {
            Follow(state?.At(@event.HappenedAt));
            state = Preapproval.Fold(state, @event);
            Follow(state);
        }

        Follow(state!.At(walk.Now));

        return revisions;

        // A planned change comes into force without an event of that instant.
        void Follow(Preapproval? at)
        {
            if (at?.Schedule is not { } inForce)
            {
                return;
            }

            if (revisions.Count > 0 && revisions[^1].Item1!.Revision == inForce.Revision)
            {
                revisions[^1] = (inForce, revisions[^1].Item2);
            }
            else
            {
                revisions.Add((inForce, at.Superseded.IsEmpty ? at.OpenedAt!.Value : at.Superseded[^1].ReplacedAt));
            }
        }
    }

    // Else the others would prove nothing.
    [Fact]
    public void is_as_varied_as_the_rules()
    {
        var met = new HashSet<Type>();
        Prop.ForAll(Steps.Any, it =>
            {
                var walk = new Walk(it.CatchUp, it.Unit, it.IsOpen);
                walk.Go(it.Steps);
                met.UnionWith(walk.History.Select(e => e.GetType()));
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

        Type[] notDecidedHere =
        [
            typeof(PreapprovalRefused), typeof(PreapprovalAbandoned), typeof(CustomerForgotten),
            typeof(RecoveredFromGateway), typeof(RefundSetByOperator), typeof(SubscriptionImported),
        ];
        Assert.Equal([], StoredEvents.All.Select(stored => stored.ClrType).Except(notDecidedHere).Except(met));
    }

    private static void After(Action<Walk> holds) => Prop
        .ForAll(Steps.Any, it =>
        {
            var walk = new Walk(it.CatchUp, it.Unit, it.IsOpen);
            walk.Go(it.Steps);
            holds(walk);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static void MayBeSent(Preapproval? before, PreapprovalEvent @event)
    {
        if (@event is ChargeRequested or ChargeResent)
        {
            Assert.Equal(PreapprovalStatus.Open, before!.Status);
        }

        if (@event is ChargeRequested { Charge.Period: { } period })
        {
            Assert.Null(before!.InFlight);
            Assert.All(
                before.AttemptsAt(period),
                earlier => Assert.True(
                    earlier.State is MoneyState.Failed or MoneyState.Stopped, $"{earlier.Id} is {earlier.State}"));
        }
    }

    private static void MovesOn(Preapproval? before, PreapprovalEvent @event)
    {
        if (before?.LastDecided is { } last && @event is ScheduleSet set)
        {
            Assert.True(
                set.Schedule.FirstDueOn > last && set.Schedule.Revision > (before.Schedule?.Revision ?? 0));
        }

        if (before is not null
            && Preapproval.Fold(before, @event) is { LastDecided: { } decided, NextDue: { Attempt: 1 } next })
        {
            Assert.True(next.Period.DueOn > decided, $"{next} is due again after {decided:yyyy-MM-dd}");
        }
    }

    private static DateOnly? DateDecided(PreapprovalEvent @event) => @event switch
    {
        IFirstChargeEvent e => e.Charge.Period?.DueOn,
        ChargeSkipped e => e.Period.DueOn,
        _ => null,
    };

    private static int? Named(PreapprovalEvent @event) => @event switch
    {
        PaymentRefunded e => e.RefundId,
        PaymentDisputed e => e.DisputeId,
        DisputeWon e => e.DisputeId,
        DisputeLost e => e.DisputeId,
        _ => null,
    };

    private static IEnumerable<T> Of<T>(Walk walk) => walk.History.OfType<T>();
}

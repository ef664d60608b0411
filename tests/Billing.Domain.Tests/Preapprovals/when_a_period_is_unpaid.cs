using System.Text.Json;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_a_period_is_unpaid
{
    private static readonly DateOnly OnMarch1 = new(2026, 3, 1);
    private static readonly PreapprovalEvent[] Waiting =
        [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2))];
    private static readonly PreapprovalEvent[] Exhausted =
        [.. Open, Sent(March), Failed(March), NoMore(March, "attempts_used"), DunningOver(March)];

    [Fact]
    public void it_counts_from_its_first_failure_until_it_is_paid_given_up_or_the_preapproval_closed()
    {
        Given(Open, Sent(March)).Is([], Unpaid);
        Given(Waiting).Is([OnMarch1], Unpaid);
        Given(Waiting, Sent(MarchAgain)).Is([OnMarch1], Unpaid);
        Given(Waiting, Sent(MarchAgain), Charged(MarchAgain)).Is([], Unpaid);
        Given(Waiting, Charged(March, LearntFrom.Notification), NoMore(March, "charged")).Is([], Unpaid);
        Given(Exhausted).Is([OnMarch1], Unpaid);
        Given(Exhausted, NoMore(March, "skipped")).Is([], Unpaid);
        Given(Exhausted, CloseRequested()).Is([OnMarch1], Unpaid);
        Given(Exhausted, Closed(ClosedBy.Customer, LearntFrom.Notification)).Is([], Unpaid);
        Given([.. Open, Sent(March), Closed(ClosedBy.Customer, LearntFrom.Notification)], Failed(March)).Is([], Unpaid);
        Given(Open, Sent(OnDemand), Failed(OnDemand)).Is([], Unpaid);
        Given(Open, Sent(March), Unknown(March), Decided(March, MoneyState.Failed)).Is([OnMarch1], Unpaid);
        Given(Open, Sent(March), Failed(March), Decided(March, MoneyState.Charged)).Is([], Unpaid);
    }

    [Fact]
    public void a_late_failure_of_one_attempt_is_no_debt_where_another_was_charged()
    {
        PreapprovalEvent[] paid =
        [
            .. Open, Sent(March), Stopped(March, "earlier_attempt_charged"), Sent(MarchAgain), Charged(MarchAgain),
            Sent(April), Charged(April), Sent(May), Charged(May), Failed(March, from: LearntFrom.Notification),
        ];

        Given(paid).Is([], Unpaid);
        Assert.Empty(paid.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!.Unpaid);
    }

    [Fact]
    public void the_newest_forty_are_kept_and_a_snapshot_stays_small()
    {
        var (state, snapshot) = (Begun(Preapproval.Fold), Begun(Preapproval.FoldSnapshot));

        for (var (n, at) = (0, Noon); n < 60; n++, at = at.AddMonths(1))
        {
            var request = (ChargeRequested)Assert.Single(ChargeDue(state, at, Window));
            Take(request with { HappenedAt = at }, Failed(request.Charge, at: at), NoMore(request.Charge, "refused"));
        }

        Assert.Equal((40, new DateOnly(2027, 11, 1)), (state.Unpaid.Count, state.Unpaid.Keys.First()));
        Assert.Equal(state.Unpaid, snapshot.Unpaid);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(snapshot, StoredEvents.Options).Length, 1000, 4096);

        void Take(params PreapprovalEvent[] events) => (state, snapshot) =
            (events.Aggregate(state, Preapproval.Fold), events.Aggregate(snapshot, (it, e) =>
                Properties.Snapshots.Stored(Preapproval.FoldSnapshot(it, e))));

        static Preapproval Begun(Func<Preapproval?, PreapprovalEvent, Preapproval> fold) =>
            Open.Aggregate((Preapproval?)null, fold)!;
    }

    [Fact]
    public void the_merchant_may_give_it_up_also_when_no_retry_is_to_come()
    {
        Given(Exhausted).When(it => SkipPeriod(it, OnMarch1, Noon)).ThenOnce(NoMore(March, "skipped", 0));
        Given(Exhausted, NoMore(March, "skipped")).When(it => SkipPeriod(it, OnMarch1, Noon))
            .ThenRefused("period_due_already");
        Given(Waiting, Sent(MarchAgain), Unknown(MarchAgain)).When(it => SkipPeriod(it, OnMarch1, Noon))
            .ThenRefused("period_due_already");
    }

    [Fact]
    public void a_waiting_retry_is_due_now_under_the_same_number() =>
        Given(Waiting).When(it => RetryNow(it, null, Noon)).Then(RetryOf(MarchAgain, Noon));

    [Fact]
    public void one_that_is_due_already_is_not_moved() =>
        Given(Waiting).When(it => RetryNow(it, OnMarch1, At(3, 3))).ThenNothing();

    [Fact]
    public void one_more_attempt_follows_when_all_have_failed()
    {
        Given(Exhausted).When(it => RetryNow(it, OnMarch1, Noon)).Then(RetryOf(MarchAgain, Noon));
        Given(Exhausted, RetryOf(MarchAgain, Noon)).When(it => RequestRetry(it, new(OnMarch1), 2, Noon, Window))
            .Then(Sent(MarchAgain, due: Noon));
        Given(Waiting, Sent(MarchAgain), Stopped(MarchAgain, "closing")).When(it => RetryNow(it, null, Noon))
            .Then(RetryOf(Due(3, 3), Noon));
    }

    [Fact]
    public void it_is_the_oldest_unpaid_one_unless_a_date_is_named()
    {
        PreapprovalEvent[] two = [.. Exhausted, Sent(April), Failed(April), NoMore(April, "refused")];

        Given(two).When(it => RetryNow(it, null, Noon)).Then(RetryOf(MarchAgain, Noon));
        Given(two).When(it => RetryNow(it, new(2026, 4, 1), Noon)).Then(RetryOf(Due(4, 2), Noon));
    }

    [Fact]
    public void what_cannot_be_retried_says_why()
    {
        Given(Open).When(it => RetryNow(it, null, Noon)).ThenRefused("nothing_unpaid");
        Given(Exhausted).When(it => RetryNow(it, new(2026, 4, 1), Noon)).ThenRefused("period_not_unpaid");
        Given(Waiting, Sent(MarchAgain)).When(it => RetryNow(it, null, Noon)).ThenRefused("attempt_under_way");
        Given(Waiting, Sent(MarchAgain), Pending(MarchAgain)).When(it => RetryNow(it, null, Noon))
            .ThenRefused("attempt_under_way");
        Given(Exhausted, new SchedulePaused(Id, Noon)).When(it => RetryNow(it, null, Noon)).ThenRefused("paused");
        Given(Exhausted, Suspended()).When(it => RetryNow(it, null, Noon)).ThenRefused("suspended");
        Given(Exhausted, CloseRequested()).When(it => RetryNow(it, null, Noon)).ThenRefused("preapproval_not_open");
    }

    [Fact]
    public void no_period_is_tried_more_often_than_twenty_times()
    {
        PreapprovalEvent[] often =
        [
            .. Open,
            .. Enumerable.Range(1, MostAttempts).Select(attempt => Due(3, attempt))
                .SelectMany(id => (PreapprovalEvent[])[Sent(id), Failed(id), NoMore(id, "refused")]),
        ];

        Given([.. often.SkipLast(3)]).When(it => RetryNow(it, null, Noon)).Then(RetryOf(Due(3, MostAttempts), Noon));
        Given(often).When(it => RetryNow(it, null, Noon)).ThenRefused("too_many_attempts");
    }

    private static DateOnly[] Unpaid(Preapproval it) => [.. it.Unpaid.Keys];
}

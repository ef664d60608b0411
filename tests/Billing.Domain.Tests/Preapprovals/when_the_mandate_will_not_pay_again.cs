using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_the_mandate_will_not_pay_again
{
    private static readonly PreapprovalEvent[] Dead = [
        .. Open, Sent(March), Failed(March, "12", "declined_for_good"), NoMore(March, "declined_for_good"), Suspended()
    ];

    [Fact]
    public void what_falls_due_is_skipped_and_not_attempted_until_a_person_resumes_it()
    {
        Given(Dead).When(it => ChargeDue(it, At(5, 20), Window))
            .Then(Skipped(April, "suspended", At(5, 20)), Skipped(May, "suspended", At(5, 20)));
        Given(Dead, new ScheduleResumed(Id, At(4, 20))).When(it => ChargeDue(it, At(5, 1), Window))
            .Then(Skipped(April, "suspended", At(5, 1)), Sent(May, At(5, 1)));
    }

    [Fact]
    public void what_was_not_decided_by_then_is_skipped_at_once_and_other_retries_end() =>
        Given(
            OpenWith(Monthly with { CatchUp = CatchUp.BillAll }), Sent(March), Failed(March),
            RetryOf(MarchAgain, At(6, 20)), Sent(April, At(5, 20)))
            .When(it => RecordOutcome(it, Answer(April, Confirmed(PaymentStatus.Failed, "12")), LookUps, At(5, 20)))
            .Then(
                Failed(April, "12", "declined_for_good") with { HappenedAt = At(5, 20) },
                NoMore(April, "declined_for_good") with { HappenedAt = At(5, 20) },
                DunningOver(April, AfterRetries.Suspend, At(5, 20)), Suspended(At(5, 20)),
                NoMore(March, "suspended", 0) with { HappenedAt = At(5, 20) }, Skipped(May, "suspended", At(5, 20)));

    [Fact]
    public void it_is_resumed_once() =>
        Given(Dead).When(it => Resume(it, At(4, 20))).Then(new ScheduleResumed(Id, At(4, 20)));

    [Fact]
    public void a_change_resumes_it_and_leaves_a_pause_of_the_merchants()
    {
        Given(Dead, ChangeRequested())
            .When(it => RecordChange(
                it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, At(4, 20)))
            .Then(Changed(at: At(4, 20)), new ScheduleResumed(Id, At(4, 20)));
        Given(Dead, new SchedulePaused(Id, At(3, 9)), ChangeRequested())
            .When(it => RecordChange(
                it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, At(4, 20)))
            .Then(Changed(at: At(4, 20)), new ScheduleResumed(Id, At(4, 20)), new SchedulePaused(Id, At(4, 20)));
    }

    [Fact]
    public void a_change_that_was_asked_for_before_it_does_not_resume_it() =>
        Given(
            Open, ChangeRequested(at: At(3, 1, 10)), Sent(March), Failed(March, "12", "declined_for_good"),
            NoMore(March, "declined_for_good"), Suspended())
            .When(it => RecordChange(
                it, Confirmed(MandateStatus.Open, Dearer), true, LearntFrom.LookUp, LookUps, SiteZone, At(4, 20)))
            .Then(Changed(LearntFrom.LookUp, at: At(4, 20)));

    [Fact]
    public void it_is_suspended_also_while_a_close_is_under_way_and_a_refused_close_takes_nothing_up_again()
    {
        PreapprovalEvent[] closing = [.. Open, Sent(March), CloseRequested()];
        PreapprovalEvent[] declined =
        [
            Failed(March, "12", "declined_for_good"), NoMore(March, "declined_for_good"),
            DunningOver(March, AfterRetries.Suspend), Suspended(),
        ];

        Given(closing)
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.Failed, "12")), LookUps, Noon))
            .Then(declined);
        Given([.. closing, .. declined])
            .When(it => RecordClose(it, new MandateResult.Refused("12", null), LearntFrom.Answer, LookUps, Noon))
            .Then(new CloseFailed(Id, "12", null, Noon));
    }

    [Fact]
    public void one_of_unknown_outcome_that_the_gateway_does_not_have_is_not_sent_again() =>
        Given(Open, Sent(March), Pending(March), Sent(April, At(4, 1)), Unknown(April), Suspended(At(4, 2)))
            .When(it => RecordOutcome(it, LookUp(April, new ChargeResult.NotFound()), LookUps, At(4, 3)))
            .Then(Stopped(April, "suspended", At(4, 3)));

    [Fact]
    public void what_is_learnt_afterwards_of_a_charge_from_before_the_resumption_suspends_nothing() =>
        Given(
            Open, Sent(March), Pending(March), Sent(April, At(4, 1)), Failed(April, "12", "declined_for_good"),
            NoMore(April, "declined_for_good"), Suspended(At(4, 1)), new ScheduleResumed(Id, At(4, 2)))
            .When(
                it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Failed, "12")), LookUps, At(4, 3)))
            .Then(
                Failed(March, "12", "declined_for_good", LearntFrom.Notification) with { HappenedAt = At(4, 3) },
                NoMore(March, "declined_for_good") with { HappenedAt = At(4, 3) },
                DunningOver(March, at: At(4, 3)));

    [Fact]
    public void a_charge_on_demand_that_waits_to_be_sent_is_sent()
    {
        PreapprovalEvent[] waiting = [
            .. Open, Sent(OnDemand), new ChargeStopped(Id, OnDemand, NotSentReason, At(3, 9), "not_connected", Noon),
            Sent(March)
        ];

        Given(waiting)
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.Failed, "12")), LookUps, Noon))
            .Then(
                Failed(March, "12", "declined_for_good"), NoMore(March, "declined_for_good"),
                DunningOver(March, AfterRetries.Suspend), Suspended());
        Given(waiting, Suspended()).Is(null, it => ReasonToStop(it, it.Charges[OnDemand.MerchantTransactionId]));
    }

    [Fact]
    public void a_charge_decided_before_and_not_sent_is_stopped_and_uses_up_no_period()
    {
        PreapprovalEvent[] decided = [.. OpenWith(Monthly with { Periods = 2 }), Sent(March), Suspended()];

        Given(decided).Is("suspended", it => ReasonToStop(it, it.Charges[March.MerchantTransactionId]));
        Given(decided).When(it => StopCharge(it, March.MerchantTransactionId, PreapprovalDecider.Suspended, Noon))
            .Then(Stopped(March, "suspended"));
        Given(decided, Stopped(March, "suspended")).Is(2, it => it.PeriodsLeft);
    }

    [Fact]
    public void a_charge_on_demand_that_is_declined_for_good_suspends_the_schedule_too() =>
        Given(Open, Sent(OnDemand), Sent(March), Charged(March))
            .When(it => RecordOutcome(it, Answer(OnDemand, Confirmed(PaymentStatus.Failed, "13")), LookUps, Noon))
            .Then(Failed(OnDemand, "13", "declined_for_good"), Suspended());

    [Fact]
    public void a_late_failure_of_another_charge_gets_no_retry_while_it_lasts() =>
        Given(
            Open, Sent(March), Pending(March), Sent(April, At(4, 1)), Failed(April, "12", "declined_for_good"),
            NoMore(April, "declined_for_good"), Suspended(At(4, 1)))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Failed, "119")), LookUps, Noon))
            .Then(Failed(March, from: LearntFrom.Notification), NoMore(March, "suspended"));
}

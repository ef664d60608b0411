using Billing.Domain.Preapprovals;
using Billing.Domain.Tests.Specs;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_pausing
{
    [Fact]
    public void a_running_schedule_is_paused_once() => Given(Open).When(it => Pause(it, Noon)).Then(new SchedulePaused(Id, Noon));

    [Fact]
    public void a_paused_one_is_resumed_once() =>
        Given(Open, new SchedulePaused(Id, Noon)).When(it => Resume(it, Noon)).Then(new ScheduleResumed(Id, Noon));

    [Fact]
    public void there_is_nothing_to_resume_in_one_that_runs() => Given(Open).When(it => Resume(it, Noon)).ThenNothing();

    [Fact]
    public void a_charge_that_waits_to_be_sent_is_stopped_and_due_again_when_the_schedule_runs()
    {
        Given(Open, Sent(March), new SchedulePaused(Id, Noon))
            .When(it => StopCharge(it, March.MerchantTransactionId, PreapprovalDecider.Paused, Noon))
            .Then(Stopped(March, "paused", Noon), RetryOf(MarchAgain, Noon));

        PreapprovalEvent[] stopped = [.. Open, Sent(March), new SchedulePaused(Id, Noon), Stopped(March, "paused", Noon), RetryOf(MarchAgain, Noon)];
        Given(stopped).Is(April.Period, it => it.NextDue!.Period);
        Given(stopped, new ScheduleResumed(Id, Noon)).When(it => ChargeDue(it, March.Period!.Value, 2, Noon)).Then(Sent(MarchAgain, due: Noon));
    }

    [Fact]
    public void what_is_stopped_after_the_close_is_not_due_again() =>
        Given(Open, Sent(March), new SchedulePaused(Id, Noon), Closed(ClosedBy.Customer, LearntFrom.Notification))
            .When(it => StopCharge(it, March.MerchantTransactionId, PreapprovalDecider.Paused, Noon))
            .Then(Stopped(March, "paused", Noon));

    [Fact]
    public void what_was_stopped_before_it_was_sent_spends_no_attempt() =>
        Given(Open, Sent(March), Stopped(March, "paused", Noon), RetryOf(MarchAgain, Noon), Sent(MarchAgain, due: Noon))
            .When(it => RecordOutcome(it, Answer(MarchAgain, A.Confirmed(Gateway.PaymentStatus.Failed, "119")), LookUps, Noon))
            .Then(Failed(MarchAgain), RetryOf(Due(3, attempt: 3), Noon.AddDays(1)));

    [Fact]
    public void there_has_to_be_a_running_schedule()
    {
        Given(OpenWith(null)).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
        Given(Requested(), Registered()).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
        Given(Open, CloseRequested()).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
    }
}

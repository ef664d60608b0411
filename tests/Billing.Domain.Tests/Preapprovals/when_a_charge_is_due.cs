using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NeverChargedTwice)]
public class when_a_charge_is_due
{
    private static readonly DateTimeOffset RetryDay = At(3, 2);

    public static TheoryData<PreapprovalEvent[]> NotOpen =>
    [
        [Requested(), Registered(), Set()],
        [.. Open, CloseRequested()],
        [.. Open, Closed(ClosedBy.Customer, LearntFrom.Notification)],
    ];

    [Fact]
    public void an_open_preapproval_is_charged_its_price() =>
        Given(Open)
            .When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .Then(Sent(March));

    [Fact]
    public void nothing_is_charged_before_its_day() =>
        Given(Open)
            .When(it => ChargeDue(it, March.Period!.Value, 1, At(2, 28, 23, 59)))
            .ThenNothing();

    [Fact]
    public void a_sweep_that_saw_an_older_state_says_nothing() =>
        Given(Open, Sent(March))
            .When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .ThenNothing();

    [Theory]
    [MemberData(nameof(NotOpen))]
    public void only_an_open_preapproval_is_charged(PreapprovalEvent[] history) =>
        Given(history)
            .When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .ThenNothing();

    [Fact]
    public void a_paused_schedule_skips_it_with_that_reason() =>
        Given(Open, new SchedulePaused(Id, At(2, 20)))
            .When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .Then(Skipped(March, "paused"));

    [Fact]
    public void what_was_skipped_while_paused_stays_skipped() =>
        Given(Open, new SchedulePaused(Id, Noon), Skipped(March, "paused"), new ScheduleResumed(Id, Noon))
            .Is(April.Period, it => it.NextDue?.Period);

    [Fact]
    public void a_period_that_the_merchant_skipped_is_passed_over() =>
        Given(Open, new PeriodSkipped(Id, March.Period!.Value, Noon))
            .Is(April.Period, it => it.NextDue?.Period);

    [Fact]
    public void a_charged_period_is_not_charged_again_whatever_the_attempt()
    {
        Given(Open, Sent(March), Charged(March)).When(it => ChargeDue(it, March.Period!.Value, 1, RetryDay))
            .ThenNothing();
        Given(Open, Sent(March), Charged(March)).When(it => ChargeDue(it, March.Period!.Value, 2, RetryDay))
            .ThenNothing();
    }

    [Fact]
    public void a_failed_attempt_is_followed_by_another_when_its_day_comes()
    {
        PreapprovalEvent[] history = [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, RetryDay)];

        Given(history).When(it => ChargeDue(it, March.Period!.Value, 2, RetryDay.AddSeconds(-1))).ThenNothing();
        Given(history).When(it => ChargeDue(it, March.Period!.Value, 2, RetryDay))
            .Then(Sent(MarchAgain, RetryDay, RetryDay));
    }

    [Fact]
    public void a_pause_holds_a_retry_back_and_does_not_drop_it()
    {
        PreapprovalEvent[] paused =
            [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, RetryDay), new SchedulePaused(Id, Noon)];

        Given(paused).When(it => ChargeDue(it, March.Period!.Value, 2, RetryDay)).ThenNothing();
        Given(paused, new ScheduleResumed(Id, RetryDay)).When(it => ChargeDue(it, March.Period!.Value, 2, RetryDay))
            .Then(Sent(MarchAgain, RetryDay, RetryDay));
    }

    [Fact]
    public void the_last_period_ends_the_schedule() =>
        Given(OpenWith(Monthly with { Periods = 1 }), Sent(March), Charged(March))
            .Is(null, it => it.NextDue);

    [Fact]
    public void a_price_that_changed_does_not_change_what_a_retry_asks_for()
    {
        var dearer = Billing.Domain.Scheduling.Schedule.Resolve(
            Monthly with { AmountMinor = 9990 }, 2, Noon, SiteZone, March.Period!.Value.DueOn);

        Given(Open, Sent(March), Failed(March), RetryOf(MarchAgain, RetryDay), new ScheduleSet(Id, dearer, Noon))
            .When(it => ChargeDue(it, March.Period!.Value, 2, RetryDay))
            .Then(Sent(MarchAgain, RetryDay, RetryDay));
    }
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// MercadoPago (46) is tried again after 1, 3 and 7 days.
[Keeps(Promise.NeverChargedTwice)]
public class when_a_charge_fails
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 7)]
    public void it_is_tried_again_after_the_wait_of_its_method(int attempt, int days) =>
        Given(Open, AttemptsBefore(attempt))
            .When(
                it => RecordOutcome(it, Answer(Due(3, attempt), Confirmed(PaymentStatus.Failed, "119")), LookUps, Noon))
            .Then(Failed(Due(3, attempt)), RetryOf(Due(3, attempt + 1), Noon.AddDays(days)));

    [Fact]
    public void the_snapshot_keeps_every_attempt_until_the_next_one_is_scheduled()
    {
        var failed = RecordOutcome(
            Snapshot([.. Open, .. AttemptsBefore(3)]), Answer(Due(3, 3), Confirmed(PaymentStatus.Failed, "119")),
            LookUps, Noon);
        var between = Preapproval.FoldSnapshot(Snapshot([.. Open, .. AttemptsBefore(3)]), failed[0]);

        Assert.IsType<PaymentFailed>(failed[0]);
        Assert.Equal(
            [1, 2, 3], EarlierAttempts(between, Due(3).Period!.Value, 4).Select(charge => charge.Id.Attempt).Order());

        static Preapproval Snapshot(PreapprovalEvent[] history) =>
            history.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!;
    }

    [Fact]
    public void the_last_attempt_ends_it() =>
        Given(Open, AttemptsBefore(4))
            .When(it => RecordOutcome(it, Answer(Due(3, 4), Confirmed(PaymentStatus.Failed, "119")), LookUps, Noon))
            .Then(Failed(Due(3, 4)), NoMore(Due(3, 4), "attempts_used"), DunningOver(Due(3, 4)));

    [Theory]
    [InlineData("12", "declined_for_good")]
    [InlineData("124", "declined_for_good")]
    [InlineData("118", "refused")]
    public void a_code_that_would_fail_the_same_way_again_ends_it(string code, string reason) =>
        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.Failed, code)), LookUps, Noon))
            .Then([
                Failed(March, code, reason), NoMore(March, reason),
                .. reason is "refused"
                    ? [DunningOver(March)]
                    : new PreapprovalEvent[] { DunningOver(March, AfterRetries.Suspend), Suspended() }
            ]);

    [Theory]
    [InlineData(null)]
    [InlineData("129")]
    [InlineData("AM04")]
    public void a_reason_that_we_do_not_know_is_tried_again(string? code) =>
        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.Failed, code)), LookUps, Noon))
            .Then(Failed(March, code), RetryOf(MarchAgain, Noon.AddDays(1)));

    [Fact]
    public void a_charge_on_demand_is_never_tried_again_by_us() =>
        Given(Open, Sent(OnDemand))
            .When(it => RecordOutcome(it, Answer(OnDemand, Confirmed(PaymentStatus.Failed, "119")), LookUps, Noon))
            .Then(Failed(OnDemand));

    [Fact]
    public void old_periods_that_fail_late_wait_beside_each_other() =>
        Given(
            Open, Sent(March), Pending(March), Sent(April, At(4, 1)), Failed(April, at: At(4, 1)),
            RetryOf(Due(4, 2), At(4, 2), At(4, 1)))
            .When(
                it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Failed, "119")), LookUps, At(4, 1)))
            .Then(Failed(March, from: LearntFrom.Notification, at: At(4, 1)), RetryOf(MarchAgain, At(4, 2), At(4, 1)));

    [Fact]
    public void a_success_before_the_retry_is_requested_withdraws_it()
    {
        PreapprovalEvent[] failed = [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2))];

        Given(failed)
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Charged)), LookUps, At(3, 1, 13)))
            .Then(
                Charged(March, LearntFrom.Notification, At(3, 1, 13)),
                NoMore(March, "charged", policy: 0, At(3, 1, 13)));

        Given(failed, Charged(March), NoMore(March, "charged", policy: 0)).Is(April.Period, it => it.NextDue?.Period);
    }

    [Fact]
    public void a_success_before_the_retry_is_sent_stops_it()
    {
        PreapprovalEvent[] requested = [
            .. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2)), Sent(MarchAgain, At(3, 2), At(3, 2)),
            Charged(March)
        ];

        Given(requested)
            .When(it => StopCharge(it, MarchAgain.MerchantTransactionId, "earlier_attempt_charged", At(3, 2)))
            .Then(Stopped(MarchAgain, "earlier_attempt_charged", At(3, 2)));
    }

    [Fact]
    public void only_what_was_never_sent_can_be_stopped()
    {
        Given(Open, Sent(March), Unknown(March))
            .When(it => StopCharge(it, March.MerchantTransactionId, "closing", Noon))
            .ThenNothing();
        Given(Open, Sent(March), Charged(March))
            .When(it => StopCharge(it, March.MerchantTransactionId, "closing", Noon))
            .ThenNothing();
        Given(Open).When(it => StopCharge(it, March.MerchantTransactionId, "closing", Noon)).ThenNothing();
    }

    [Fact]
    public void a_reason_to_stop_that_has_gone_meanwhile_stops_nothing()
    {
        Given(Open, Sent(March), CloseRequested())
            .When(it => PreapprovalDecider.StopUnsent(it, March.MerchantTransactionId, Noon))
            .Then(Stopped(March, "closing"));
        Given(Open, Sent(March), CloseRequested(), new CloseFailed(Id, "12", null, Noon))
            .When(it => PreapprovalDecider.StopUnsent(it, March.MerchantTransactionId, Noon))
            .Then(NotSent(March, Noon, "state_changed"));
        Given(Open, Sent(March), Unknown(March), CloseRequested())
            .When(it => PreapprovalDecider.StopUnsent(it, March.MerchantTransactionId, Noon)).ThenNothing();
    }

    private static PreapprovalEvent[] AttemptsBefore(int attempt) =>
    [
        .. Enumerable.Range(1, attempt - 1).SelectMany(n =>
            new PreapprovalEvent[] { Sent(Due(3, n), due: Noon), Failed(Due(3, n)), RetryOf(Due(3, n + 1), Noon) }),
        Sent(Due(3, attempt), due: Noon),
    ];
}

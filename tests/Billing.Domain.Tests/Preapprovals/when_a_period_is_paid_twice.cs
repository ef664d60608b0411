using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// The gateway may turn a failed payment into a success after the retry was sent, which cannot be prevented.
[Keeps(Promise.NeverChargedTwice)]
public class when_a_period_is_paid_twice
{
    private static readonly DateTimeOffset RetryDay = At(3, 2);

    private static readonly PreapprovalEvent[] Retried =
        [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, RetryDay), Sent(MarchAgain, RetryDay, RetryDay)];

    [Fact]
    public void the_first_success_of_the_two_raises_nothing() =>
        Given(Retried)
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Charged)), LookUps, RetryDay))
            .Then(Charged(March, LearntFrom.Notification, RetryDay));

    [Fact]
    public void the_first_attempts_late_success_names_both_and_has_an_owner() =>
        Given(Retried, Charged(MarchAgain))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Charged)), LookUps, RetryDay))
            .Then(Charged(March, LearntFrom.Notification, RetryDay), Twice(MarchAgain, March));

    [Fact]
    public void the_retrys_success_after_it_names_both_too() =>
        Given(Retried, Charged(March, LearntFrom.Notification))
            .When(it => RecordOutcome(it, Answer(MarchAgain, Confirmed(PaymentStatus.Charged)), LookUps, RetryDay))
            .Then(Charged(MarchAgain, at: RetryDay), Twice(March, MarchAgain));

    [Fact]
    public void a_retry_that_fails_after_all_changes_nothing_about_the_period() =>
        Given(Retried, Charged(March, LearntFrom.Notification))
            .When(
                it => RecordOutcome(it, Answer(MarchAgain, Confirmed(PaymentStatus.Failed, "119")), LookUps, RetryDay))
            .Then(Failed(MarchAgain, at: RetryDay));

    [Fact]
    public void two_periods_are_two_payments() =>
        Given(Open, Sent(March), Charged(March), Sent(April, At(4, 1)))
            .When(it => RecordOutcome(it, Answer(April, Confirmed(PaymentStatus.Charged)), LookUps, At(4, 1)))
            .Then(Charged(April, at: At(4, 1)));

    private static PeriodPaidTwice Twice(ChargeId first, ChargeId second) =>
        new(Id, March.Period!.Value, first.MerchantTransactionId, second.MerchantTransactionId, "operator", RetryDay);
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_money_moves_after_the_success
{
    private static readonly PreapprovalEvent[] Paid = [.. Open, Sent(March), Charged(March)];

    public static TheoryData<PaymentStatus> Facts =>
        [
            PaymentStatus.Reversed, PaymentStatus.Disputed, PaymentStatus.DisputeWon, PaymentStatus.DisputeLost,
            PaymentStatus.ChargedBack,
            PaymentStatus.Refunded
        ];

    [Theory]
    [MemberData(nameof(Facts))]
    public void each_fact_is_written_once(PaymentStatus status) =>
        Given(Paid)
            .When(it => RecordOutcome(it, Notification(March, Confirmed(status)), LookUps, Noon))
            .Then(Fact(status));

    [Theory]
    [MemberData(nameof(Facts))]
    public void the_success_stands_behind_it(PaymentStatus status) =>
        Given(Paid, Fact(status))
            .Is((MoneyState.Charged, 1), it =>
                (it.Charges[March.MerchantTransactionId].State, it.Charges[March.MerchantTransactionId].Facts!.Count));

    [Theory]
    [MemberData(nameof(Facts))]
    public void a_fact_that_outruns_the_success_proves_it(PaymentStatus status) =>
        Given(Open, Sent(March), Unknown(March))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(status)), LookUps, Noon))
            .Then(Charged(March, LearntFrom.Notification, shown: status), Fact(status));

    [Fact]
    public void a_dispute_that_was_won_keeps_both_facts() =>
        Given(Paid, Fact(PaymentStatus.Disputed))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.DisputeWon)), LookUps, Noon))
            .Then(Fact(PaymentStatus.DisputeWon));

    [Theory]
    [InlineData(false, 400)]
    [InlineData(true, 1000)]
    public void a_charge_back_takes_what_the_one_dispute_claims_unless_that_was_won(bool isWon, long takenBack)
    {
        var id = March.MerchantTransactionId;
        var state = Paid.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var paid = state.Charges[id].PaidMinor;
        var claim = new Money(paid * 2 / 5, Price.Currency);
        var opened = new DisputeSnapshot(7, 8, 21, PaymentStatus.Disputed, claim);
        Take(RecordDispute(state, id, opened, LearntFrom.Notification, Noon));

        if (isWon)
        {
            Take(RecordOutcome(state, Notification(March, Confirmed(PaymentStatus.DisputeWon)), LookUps, Noon));
        }

        Take(RecordOutcome(state, Notification(March, Confirmed(PaymentStatus.ChargedBack)), LookUps, Noon));

        Assert.Equal(paid * takenBack / 1000, state.Charges[id].TakenBackMinor);

        void Take(IEnumerable<PreapprovalEvent> events) => state = events.Aggregate(state, Preapproval.Fold);
    }

    [Fact]
    public void a_partial_refund_of_unsaid_size_shows_as_drift_once()
    {
        var field = $"payments.{March.MerchantTransactionId}.partially_refunded";

        Given(Paid)
            .When(
                it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.PartiallyRefunded)), LookUps, Noon))
            .Then(new DriftFound(
                Id, [field], Differences(new Difference(field, "false", "true")), LearntFrom.Notification, Noon));
    }

    [Fact]
    public void they_are_recorded_after_a_close_too() =>
        Given(Paid, Closed(ClosedBy.Customer, LearntFrom.Notification))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Reversed)), LookUps, Noon))
            .Then(Fact(PaymentStatus.Reversed));

    private static PreapprovalEvent Fact(PaymentStatus status) => status switch
    {
        PaymentStatus.Reversed => new PaymentReversed(
            Id, March, Price, Price, Payment(status), ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Noon),
        PaymentStatus.Disputed => new PaymentDisputed(
            Id, March, Price, Price, Payment(status), ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Noon),
        PaymentStatus.DisputeWon => new DisputeWon(
            Id, March, Price, Price, Payment(status), ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Noon),
        PaymentStatus.DisputeLost => new DisputeLost(
            Id, March, Price, Price, Payment(status), ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Noon),
        PaymentStatus.ChargedBack => new PaymentChargedBack(
            Id, March, Price, Price, Payment(status), ChargeOrigin.Scheduled, 2, LearntFrom.Notification, Noon),
        PaymentStatus.Refunded => new PaymentRefunded(
            Id, March, Price, Price, Payment(status), ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Price,
            Noon),
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}

using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Tests.Explanations;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// Code 20 in answer to a charge: since a backup was restored the gateway has it, perhaps with another amount.
[Keeps(Promise.NeverChargedTwice)]
public class when_the_gateway_has_a_charge_already
{
    private static readonly Money Theirs = new(5990, "USD");
    private static readonly DriftFound Drift = new(
        Id, [$"charge.{March.MerchantTransactionId}.amount"],
        Differences(new Difference($"charge.{March.MerchantTransactionId}.amount", "4990 BRL", "5990 USD")),
        LearntFrom.Answer, Noon);

    private static readonly PreapprovalEvent[] Adopted =
        [.. Open, Sent(March), Charged(March) with { CapturedAmount = Theirs }, Drift];

    [Theory]
    [InlineData(PaymentStatus.Charged, "payment_charged drift_found")]
    [InlineData(PaymentStatus.Reversed, "payment_charged drift_found payment_reversed")]
    [InlineData(PaymentStatus.Pending, "payment_pending drift_found")]
    [InlineData(PaymentStatus.Failed, "payment_failed retry_scheduled drift_found")]
    [InlineData(PaymentStatus.Unrecognised, "payment_outcome_unknown drift_found")]
    public void another_amount_or_currency_is_recorded_as_drift_whatever_the_payment_has_become(
        PaymentStatus status, string expected) =>
        Given(Open, Sent(March)).Is(expected, state => Names(Record(state, status)));

    [Fact]
    public void the_amount_of_the_gateway_is_what_was_taken() =>
        Given(Adopted).Is((5990L, Theirs, Theirs), it =>
            (Of(it).PaidMinor, Of(it).ShownAmount, Of(it).Paid));

    [Theory]
    [InlineData("duplicate")]
    [InlineData("duplicate_not_asked")]
    [InlineData("duplicate_garbled")]
    public void what_the_gateway_called_a_duplicate_is_one_until_it_is_settled(string symptom) =>
        Given([.. Open, Sent(March), Unknown(March, symptom), Unknown(March, "timeout", 1), Resent(March, At(3, 2))])
            .Is(true, it => Of(it).IsDuplicate);

    [Fact]
    public void any_other_unknown_charge_is_none() =>
        Given(Open, Sent(March), Unknown(March, "mismatch_amount")).Is(false, it => Of(it).IsDuplicate);

    [Theory]
    [InlineData(PaymentStatus.Charged)]
    [InlineData(PaymentStatus.Pending)]
    [InlineData(PaymentStatus.Failed)]
    public void the_snapshot_knows_it_too(PaymentStatus status)
    {
        PreapprovalEvent[] before = [.. Open, Sent(March)];
        var full = before.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        PreapprovalEvent[] all = [.. before, .. Record(full, status)];

        Assert.True(Of(all.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!).IsDuplicate);
        Assert.True(Of(all.Aggregate((Preapproval?)null, Preapproval.Fold)!).IsDuplicate);
    }

    [Fact]
    public void a_refund_is_of_what_the_gateway_has_taken()
    {
        var wish = new RefundWish("refund-1", Theirs, PreapprovalDecider.ByStorefront);

        Given(Adopted).When(it => RequestRefund(it, March.MerchantTransactionId, wish with { Amount = Price }, Noon))
            .ThenRefused("118");
        Given(Adopted)
            .Is("refund_requested", it => Names(RequestRefund(it, March.MerchantTransactionId, wish, Noon)));
        Given(Adopted).Is(
            Theirs, it => Assert.IsType<RefundRequested>(
                Assert.Single(RefundPaidTwice(it, March.MerchantTransactionId, Noon))).Amount);
    }

    [Fact]
    public void a_refund_made_elsewhere_is_in_the_currency_of_the_gateway() =>
        Given(Adopted).Is((null, "mismatch_amount"), it => (
            PreapprovalDecider.RefundMismatch(Of(it), Refund(Theirs)),
            PreapprovalDecider.RefundMismatch(Of(it), Refund(Price))));

    [Fact]
    public void a_payment_that_was_refunded_meanwhile_went_back_with_its_own_amount() =>
        Given(Open, Sent(March))
            .Is(Theirs, state => Record(state, PaymentStatus.Refunded).OfType<PaymentRefunded>().Single().Refunded);

    [Fact]
    public void the_explanation_names_both_amounts() =>
        Assert.Contains(
            PaymentExplanation.Of(Timeline.Story(Adopted), March.MerchantTransactionId)!.Sentences,
            sentence => sentence.Contains("BRL 49.90", StringComparison.Ordinal)
                && sentence.Contains("was charged with USD 59.90", StringComparison.Ordinal));

    private static Charge Of(Preapproval state) => state.Charges[March.MerchantTransactionId];

    private static RefundSnapshot Refund(Money amount) =>
        new(9, 7001, null, RefundStatus.Refunded, amount, new(1, null, 2, null, null), null);

    private static PreapprovalEvent[] Record(Preapproval state, PaymentStatus status)
    {
        var shown = ((ChargeResult.Confirmed)Confirmed(status, status is PaymentStatus.Failed ? "119" : null)).Value;
        var theirs = new ChargeResult.Confirmed(shown with { Amount = Theirs, CapturedAmount = null });

        return RecordOutcome(state, Answer(March, theirs), LookUps, Noon);
    }

    private static string Names(IEnumerable<PreapprovalEvent> events) =>
        string.Join(' ', events.Select(StoredEvents.NameOf));
}

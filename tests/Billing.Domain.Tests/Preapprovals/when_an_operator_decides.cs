using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.UnknownIsAState)]
public class when_an_operator_decides
{
    private static readonly PreapprovalEvent[] Lost = [.. Open, Sent(March), Owned(March, "timeout", 3, Noon)];
    private static readonly PreapprovalEvent[] SaidFailed =
        [.. Lost, Decided(March, MoneyState.Failed), RetryOf(MarchAgain, At(3, 2))];

    [Fact]
    public void the_fate_is_set_with_who_why_and_evidence() =>
        Given(Lost).When(it => Set(it, MoneyState.Charged)).Then(Decided(March, MoneyState.Charged));

    [Fact]
    public void what_they_call_failed_is_tried_again() =>
        Given(Lost).When(it => Set(it, MoneyState.Failed))
            .Then(Decided(March, MoneyState.Failed), RetryOf(MarchAgain, At(3, 2)));

    [Fact]
    public void it_holds_until_the_gateway_speaks()
    {
        Given(Lost, Decided(March, MoneyState.Charged)).When(it => Confirmed(it, PaymentStatus.Charged))
            .Then(Charged(March, LearntFrom.Notification));
        Given(Lost, Decided(March, MoneyState.Charged)).When(it => Confirmed(it, PaymentStatus.Pending))
            .Then(Pending(March, LearntFrom.Notification));
        Given(Lost, Decided(March, MoneyState.Charged))
            .When(it => Confirmed(it, PaymentStatus.Failed, "12"))
            .Then(
                Failed(March, "12", "declined_for_good", LearntFrom.Notification), NoMore(March, "declined_for_good"),
                DunningOver(March, AfterRetries.Suspend), Suspended());
        Given(SaidFailed)
            .When(it => Confirmed(it, PaymentStatus.Charged))
            .Then(Charged(March, LearntFrom.Notification), NoMore(March, "charged", policy: 0));
    }

    [Fact]
    public void once_the_gateway_has_spoken_its_word_stands()
    {
        Given(Lost, Decided(March, MoneyState.Failed), Charged(March))
            .Is(false, it => it.Charges[March.MerchantTransactionId].Provisional);
        Given(Lost, Decided(March, MoneyState.Failed), Charged(March)).When(it => Set(it, MoneyState.Failed))
            .ThenRefused("charge_settled");
        Given(Open, Sent(March), Failed(March)).When(it => Set(it, MoneyState.Charged)).ThenRefused("charge_settled");
    }

    [Theory]
    [InlineData("garbled")]
    [InlineData("http_502")]
    public void silence_does_not_replace_it(string symptom) =>
        Given(Lost, Decided(March, MoneyState.Charged))
            .When(it => RecordOutcome(it, LookUp(March, new ChargeResult.Unknown(symptom)), LookUps, Noon))
            .ThenNothing();

    [Fact]
    public void another_mind_may_be_had_until_then() =>
        Given(Lost, Decided(March, MoneyState.Charged)).When(it => Set(it, MoneyState.Failed))
            .Then(Decided(March, MoneyState.Failed), RetryOf(MarchAgain, At(3, 2)));

    [Fact]
    public void having_called_it_failed_and_then_charged_withdraws_the_retry()
    {
        Given(SaidFailed).When(it => Set(it, MoneyState.Charged))
            .Then(Decided(March, MoneyState.Charged), NoMore(March, "charged", policy: 0));
        Given(SaidFailed, Decided(March, MoneyState.Charged), NoMore(March, "charged", policy: 0))
            .Is(April.Period, it => it.NextDue?.Period);
    }

    [Fact]
    public void a_payment_that_turns_out_to_be_pending_is_not_charged_again_meanwhile()
    {
        PreapprovalEvent[] pending = [.. SaidFailed, Pending(March, LearntFrom.Notification)];

        Given(pending).When(it => ChargeDue(it, March.Period!.Value, 2, At(3, 2))).ThenNothing();
        Given(pending)
            .When(
                it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Failed, "119")), LookUps, At(3, 5)))
            .Then(Failed(March, from: LearntFrom.Notification, at: At(3, 5)), RetryOf(MarchAgain, At(3, 6), At(3, 5)));
    }

    [Fact]
    public void a_pending_payment_may_be_decided_too() =>
        Given(Open, Sent(March), Pending(March)).When(it => Set(it, MoneyState.Charged))
            .Then(Decided(March, MoneyState.Charged));

    [Theory]
    [InlineData(MoneyState.Requested)]
    [InlineData(MoneyState.Unknown)]
    [InlineData(MoneyState.Stopped)]
    [InlineData(MoneyState.Pending)]
    public void only_charged_or_failed_is_a_decision(MoneyState state) =>
        Given(Lost).When(it => Set(it, state)).ThenRefused("state_invalid");

    [Fact]
    public void there_has_to_be_such_a_charge() =>
        Given(Open).When(it => Set(it, MoneyState.Charged)).ThenRefused("charge_unknown");

    private static PreapprovalEvent[] Set(Preapproval it, MoneyState state) =>
        SetOutcome(
            it, March.MerchantTransactionId, state, "maria", "The bank's statement shows it.", "statement-0331", Noon);

    private static PreapprovalEvent[] Confirmed(Preapproval it, PaymentStatus status, string? code = null) =>
        RecordOutcome(it, Notification(March, Specs.A.Confirmed(status, code)), LookUps, Noon);

    private static ChargeResult Confirmed(PaymentStatus status, string? code = null) => Specs.A.Confirmed(status, code);
}

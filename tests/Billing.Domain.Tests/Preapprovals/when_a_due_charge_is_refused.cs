using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_a_due_charge_is_refused
{
    private static readonly ChargeResult Refusal = new ChargeResult.Refused("118", Text("Amount invalid"));
    private static readonly PreapprovalEvent[] Refused =
        [.. Open, Sent(March), RefusedBy("118", March), NoMore(March, "refused")];

    [Fact]
    public void the_subscription_says_which_charge_and_why() =>
        Given(Refused).Is(
            ("charge_refused", new RefusedCharge(March.MerchantTransactionId, new(2026, 3, 1), "118", Noon)),
            it => (it.Trouble, it.RefusedCharge!));

    [Fact]
    public void a_later_charge_that_is_pending_or_succeeds_ends_the_trouble()
    {
        Given(Refused, Sent(April)).Is("charge_refused", it => it.Trouble!);
        Given(Refused, Sent(April), Pending(April)).Is(null, it => it.Trouble);
        Given(Refused, Sent(April), Charged(April)).Is(null, it => it.Trouble);
        Given(Refused, Sent(OnDemand), Charged(OnDemand)).Is(null, it => it.Trouble);
        Given(Refused, Charged(March, LearntFrom.LookUp)).Is(null, it => it.Trouble);
    }

    [Fact]
    public void an_earlier_charge_that_succeeds_late_does_not_end_it()
    {
        PreapprovalEvent[] april = [.. Open, Sent(March), Pending(March), Sent(April), RefusedBy("118", April)];
        PreapprovalEvent[] march = [.. Open, Sent(OnDemand), Pending(OnDemand), Sent(March), RefusedBy("118", March)];

        Given(april, Charged(March, LearntFrom.Notification)).Is("charge_refused", it => it.Trouble!);
        Given(march, Charged(OnDemand, LearntFrom.Notification)).Is("charge_refused", it => it.Trouble!);
    }

    [Fact]
    public void a_refused_charge_of_an_earlier_period_does_not_take_the_place_of_a_newer_one() =>
        Given([.. Open, Sent(March), Pending(March), Sent(April), RefusedBy("118", April)], RefusedBy("100", March))
            .Is(April.MerchantTransactionId, it => it.RefusedCharge!.MerchantTransactionId);

    [Fact]
    public void a_decline_and_a_refusal_that_the_storefront_was_answered_with_are_no_trouble()
    {
        Given(Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2))).Is(null, it => it.Trouble);
        Given(Open, Sent(OnDemand), RefusedBy("118", OnDemand)).Is(null, it => it.Trouble);
    }

    [Fact]
    public void a_closed_subscription_has_none() =>
        Given(Refused, Closed(ClosedBy.Customer, LearntFrom.Notification)).Is(null, it => it.Trouble);

    [Fact]
    public void the_storefront_was_answered_with_the_refusal_only_where_it_came_at_once()
    {
        Assert.True(IsRefusedAtOnce(OnDemand));
        Assert.False(IsRefusedAtOnce(March));
        Assert.False(IsRefusedAtOnce(OnDemand, Unknown(OnDemand)));
        Assert.False(IsRefusedAtOnce(OnDemand, Unknown(OnDemand), Resent(OnDemand, At(3, 2))));
        Assert.False(IsRefusedAtOnce(OnDemand, NotSent(OnDemand, At(3, 1, 13)), Resent(OnDemand, At(3, 1, 13))));
    }

    private static bool IsRefusedAtOnce(ChargeId id, params PreapprovalEvent[] between)
    {
        PreapprovalEvent[] history = [.. Open, Sent(id), .. between];
        var state = history.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var refused = RecordOutcome(state, Answer(id, Refusal), LookUps, At(3, 3)).Aggregate(state, Preapproval.Fold);

        Assert.Equal(MoneyState.Failed, refused.Charges[id.MerchantTransactionId].State);

        return refused.Charges[id.MerchantTransactionId].IsRefusedAtOnce;
    }

    private static PaymentFailed RefusedBy(string code, ChargeId id) =>
        Failed(id, code, "refused") with { Gateway = new(null, null, null, null, code, null) };
}

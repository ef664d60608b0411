using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

/// <summary>PayWithMyBank: the maximum bounds the sum of all charges (docs/globalpay.md section 8).</summary>
public class when_a_cap_is_reached
{
    [Fact]
    public void a_due_charge_that_still_fits_is_made() => Given(Capped(2 * Price.Minor), Sent(March), Charged(March))
        .When(it => ChargeDue(it, April.Period!.Value, 1, At(4, 1)))
        .Then(Sent(April, At(4, 1)) with { ProfileVersion = 2, MethodId = 58 });

    [Fact]
    public void one_that_does_not_is_skipped_with_the_reason() =>
        Given(Capped((2 * Price.Minor) - 1), Sent(March), Charged(March))
            .When(it => ChargeDue(it, April.Period!.Value, 1, At(4, 1)))
            .Then(Skipped(April, "over_cap", At(4, 1)));

    [Fact]
    public void pending_and_unknown_count_and_failed_does_not()
    {
        Given(Capped(Price.Minor), Sent(March), Pending(March))
            .When(it => ChargeNow(it, "order-1", new Money(1, "BRL"), null, null, null, Noon))
            .ThenRefused("amount_over_cap");
        Given(Capped(Price.Minor), Sent(March), Unknown(March))
            .When(it => ChargeNow(it, "order-1", new Money(1, "BRL"), null, null, null, Noon))
            .ThenRefused("amount_over_cap");
        Given(Capped(Price.Minor), Sent(March), Failed(March), NoMore(March, "attempts_used"))
            .When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .Then(Sent(OnDemand) with { ProfileVersion = 2, MethodId = 58 });
    }

    [Fact]
    public void a_retry_that_would_go_over_it_ends_the_period() =>
        Given(
            Capped(Price.Minor), Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 3)),
            Sent(OnDemand) with { Amount = new Money(1, "BRL") })
            .When(it => ChargeDue(it, March.Period!.Value, 2, At(3, 3)))
            .Then(NoMore(March, "over_cap", at: At(3, 3)));

    [Fact]
    public void another_currency_no_bound_and_another_method_are_the_gateways_business()
    {
        Given(Capped(1)).When(it => ChargeNow(it, "order-4711", new Money(9900, "USD"), null, null, null, Noon))
            .Then(Sent(OnDemand) with { Amount = new Money(9900, "USD"), ProfileVersion = 2, MethodId = 58 });
        Given(Capped(0)).When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .Then(Sent(OnDemand) with { ProfileVersion = 2, MethodId = 58 });
        Given(Capped(1, methodId: 46)).When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .Then(Sent(OnDemand));
    }

    private static PreapprovalEvent[] Capped(long hundredths, int methodId = 58) =>
        [
            Requested() with { Terms = Terms with { MethodId = methodId, MaximumAmountHundredths = hundredths } },
            Registered() with { Terms = Terms with { MethodId = methodId, MaximumAmountHundredths = hundredths } },
            Opened(),
            Set(),
        ];
}

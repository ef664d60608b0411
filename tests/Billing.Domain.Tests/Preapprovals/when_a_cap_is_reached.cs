using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
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
        .Then(Sent(April, At(4, 1)) with { ProfileVersion = 3, MethodId = 58 });

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
            .Then(Sent(OnDemand) with { ProfileVersion = 3, MethodId = 58 });
    }

    [Fact]
    public void a_retry_that_would_go_over_it_ends_the_period() =>
        Given(
            Capped(Price.Minor), Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 3)),
            Sent(OnDemand) with { Amount = new Money(1, "BRL") })
            .When(it => ChargeDue(it, March.Period!.Value, 2, At(3, 3)))
            .Then(
                NoMore(March, "over_cap", at: At(3, 3)),
                DunningOver(March, AfterRetries.Continue, At(3, 3)));

    [Theory]
    [InlineData(AfterRetries.Suspend)]
    [InlineData(AfterRetries.Close)]
    public void the_rule_after_retries_follows_such_an_end(AfterRetries rule) =>
        Given(
            Capped(Price.Minor, rule: rule), Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 3)),
            Sent(OnDemand) with { Amount = new Money(1, "BRL") })
            .When(it => ChargeDue(it, March.Period!.Value, 2, At(3, 3)))
            .Then([
                NoMore(March, "over_cap", at: At(3, 3)), DunningOver(March, rule, At(3, 3)),
                .. rule is AfterRetries.Suspend
                    ? [Suspended(At(3, 3), "retries_exhausted")]
                    : Array.Empty<PreapprovalEvent>()
            ]);

    [Fact]
    public void another_currency_no_bound_and_another_method_are_the_gateways_business()
    {
        Given(Capped(1)).When(it => ChargeNow(it, "order-4711", new Money(9900, "USD"), null, null, null, Noon))
            .Then(Sent(OnDemand) with { Amount = new Money(9900, "USD"), ProfileVersion = 3, MethodId = 58 });
        Given(Capped(0)).When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .Then(Sent(OnDemand) with { ProfileVersion = 3, MethodId = 58 });
        Given(Capped(1)).When(it => PreapprovalDecider.ChargeNow(
                it, "order-4711", Price, null, null, null, Noon, Window, Unbounded))
            .Then(Sent(OnDemand) with { ProfileVersion = 1001, MethodId = 58 });
    }

    [Fact]
    public void another_methods_maximum_bounds_each_charge()
    {
        Given(Capped(Price.Minor, methodId: 46), Sent(March), Charged(March))
            .When(it => ChargeDue(it, April.Period!.Value, 1, At(4, 1)))
            .Then(Sent(April, At(4, 1)));
        Given(Capped(Price.Minor - 1, methodId: 46))
            .When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .Then(Skipped(March, "over_cap"));
        Given(Capped(Price.Minor - 1, methodId: 46))
            .When(it => ChargeNow(it, "order-1", Price, null, null, null, Noon)).ThenRefused("amount_over_cap");
    }

    [Theory]
    [InlineData(58)]
    [InlineData(46)]
    public void a_schedule_of_which_no_period_fits_is_refused(int methodId)
    {
        var capped = Capped(Price.Minor, methodId);
        var terms = Terms with { MethodId = methodId, MaximumAmountHundredths = Price.Minor - 1 };

        Given(capped).When(it => ChangeSchedule(it, new(Price.Minor + 1), new(2026, 5, 1), null, SiteZone, Noon))
            .ThenRefused("amount_over_cap");
        Given(capped)
            .When(it => RequestChange(it, Dearer, Personal, Monthly with { AmountMinor = 9990 }, null, Noon))
            .ThenRefused("amount_over_cap");
        Given().When(it => Request(it, Id, terms, Personal, Monthly, null, Noon)).ThenRefused("amount_over_cap");
    }

    [Fact]
    public void a_change_that_raises_the_maximum_may_raise_the_price()
    {
        var dearer = Monthly with { AmountMinor = 9990 };

        Given(Capped(Price.Minor)).When(it => RequestChange(
                it, Terms with { MethodId = 58, MaximumAmountHundredths = 9990 }, Personal, dearer, null, Noon))
            .ThenOnce(ChangeRequested(dearer) with
            {
                Terms = Terms with { MethodId = 58, MaximumAmountHundredths = 9990 },
            });
    }

    [Fact]
    public void the_state_says_since_when_the_next_period_does_not_fit()
    {
        PreapprovalEvent[] history = [.. Capped(2 * Price.Minor), Sent(March, At(3, 1)), Charged(March, at: At(3, 1))];

        Assert.Null(Snapshot(history).MaximumUsedSince);
        Assert.Equal(
            At(4, 1), Snapshot([.. history, Sent(April, At(4, 1)), Charged(April, at: At(4, 2))]).MaximumUsedSince);
        Assert.Null(
            Snapshot([.. history, Sent(April, At(4, 1)), Failed(April, at: At(4, 2))]).MaximumUsedSince);
        Assert.Equal(Noon, Snapshot(Capped(1)).OverMaximumSince);
    }

    [Fact]
    public void what_lies_ahead_shows_which_period_is_the_first_over_it() => Given(Capped(2 * Price.Minor))
        .Is(
            "--over_cap", it => string.Join(
                '-', Forecast.Of(it, 3, SiteZone, Noon).Upcoming.Select(charge => charge.SkipReason)));

    private static readonly MethodProfiles Unbounded = MethodProfiles.BuiltIn.With(
        [MethodProfiles.BuiltIn.Of(58) with { Version = 1001, Cap = CapRule.None }]);

    private static Preapproval Snapshot(IEnumerable<PreapprovalEvent> history) =>
        history.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!;

    private static PreapprovalEvent[] Capped(
        long hundredths, int methodId = 58, AfterRetries rule = AfterRetries.Continue) =>
        [
            Requested() with { Terms = Terms with { MethodId = methodId, MaximumAmountHundredths = hundredths } },
            Registered() with { Terms = Terms with { MethodId = methodId, MaximumAmountHundredths = hundredths } },
            Opened(),
            Set(Monthly with { AfterRetries = rule }),
        ];
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// MercadoPago's window is three days; then look-ups follow at growing intervals, and at last an owner decides.
public class when_a_charge_stays_pending
{
    private static readonly DateTimeOffset Late = Noon.AddDays(3);
    private static readonly PreapprovalEvent[] Waiting = [.. Open, Sent(March), Pending(March)];

    [Fact]
    public void it_is_asked_about_when_its_window_has_passed() =>
        Given(Waiting).Is((DateTimeOffset?)Late, it => it.Charges[March.MerchantTransactionId].NextLookUpAt);

    [Fact]
    public void still_pending_it_is_asked_about_again() =>
        Given(Waiting).When(it => RecordOutcome(it, LookUp(March, Confirmed(PaymentStatus.Pending)), LookUps, Late))
            .Then(Still(1, Late.AddHours(1)));

    [Fact]
    public void before_that_a_look_up_says_nothing_new() =>
        Given(Waiting).When(
            it => RecordOutcome(it, LookUp(March, Confirmed(PaymentStatus.Pending)), LookUps, Late.AddSeconds(-1)))
            .ThenNothing();

    [Fact]
    public void what_cannot_be_asked_counts_too_and_never_becomes_failed() =>
        Given(Waiting).When(it => RecordOutcome(it, LookUp(March, new ChargeResult.Unknown("timeout")), LookUps, Late))
            .Then(Still(1, Late.AddHours(1)));

    [Fact]
    public void in_the_end_an_owner_has_it()
    {
        var last = LookUps.Intervals.Count - 1;

        Given([.. Waiting, Still(last, Late.AddDays(9))])
            .When(it => RecordOutcome(it, LookUp(March, new ChargeResult.NotFound()), LookUps, Late.AddDays(9)))
            .Then(Still(last + 1, null, Late.AddDays(9)) with { Owner = "operator" });
    }

    [Fact]
    public void what_is_under_review_has_an_owner_at_once() =>
        Given(Open.Append(Sent(March)).ToArray())
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.UnderReview)), LookUps, Noon))
            .Then(Pending(
                March) with
            { Gateway = Payment(PaymentStatus.UnderReview), NextLookUpAt = null, Owner = "operator" });

    [Fact]
    public void a_definite_word_ends_it() =>
        Given(Waiting).When(it => RecordOutcome(it, LookUp(March, Confirmed(PaymentStatus.Charged)), LookUps, Late))
            .Then(Charged(March, LearntFrom.LookUp, Late));

    private static PaymentPending Still(int lookUps, DateTimeOffset? next, DateTimeOffset? at = null) =>
        Pending(March, LearntFrom.LookUp, at ?? Late) with { LookUps = lookUps, NextLookUpAt = next };
}

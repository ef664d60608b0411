using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Tests.Specs;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

/// <summary>Reconciliation records differences, applies confirmed successes, and changes nothing else.</summary>
public class when_comparing_with_the_gateway
{
    private static readonly PreapprovalEvent[] GivenUp =
        [.. Open, Sent(March), Failed(March), NoMore(March, "attempts_used")];
    private static readonly string OfMarch = $"payments.{March.MerchantTransactionId}.status";

    [Fact]
    public void a_success_whose_notification_was_lost_is_found_and_applied() => Given(GivenUp)
        .When(it => CompareCharge(
            it, MoneyState.Failed, LookUp(March, A.Confirmed(PaymentStatus.Charged)), null, true, LookUps, Noon))
        .ThenOnce(
            Found(OfMarch, "failed", "charged"), Charged(March, LearntFrom.LookUp),
            new DriftHealed(Id, [OfMarch], Noon));

    [Fact]
    public void without_healing_it_is_recorded_once_and_nothing_moves() => Given(GivenUp)
        .When(it => CompareCharge(
            it, MoneyState.Failed, LookUp(March, A.Confirmed(PaymentStatus.Charged)), null, false, LookUps, Noon))
        .Then(Found(OfMarch, "failed", "charged"));

    [Fact]
    public void an_update_of_lower_rank_is_recorded_and_not_believed() => Given(Open, Sent(March), Charged(March))
        .When(it => CompareCharge(
            it, MoneyState.Charged, LookUp(March, A.Confirmed(PaymentStatus.Failed)), null, true, LookUps, Noon))
        .Then(Found(OfMarch, "charged", "failed"));

    [Fact]
    public void a_charge_that_the_gateway_does_not_have_is_recorded_and_not_undone() =>
        Given(Open, Sent(March), Charged(March))
            .When(it => CompareCharge(
                it, MoneyState.Charged, LookUp(March, new ChargeResult.NotFound()), null, true, LookUps, Noon))
            .Then(Found($"payments.{March.MerchantTransactionId}.existence", "charged", "not_found"));

    [Fact]
    public void what_agrees_again_is_healed() =>
        Given(Open, Sent(March), Charged(March), Found(OfMarch, "charged", "failed"))
            .When(it => CompareCharge(
                it, MoneyState.Charged, LookUp(March, A.Confirmed(PaymentStatus.Charged)), null, true, LookUps, Noon))
            .Then(new DriftHealed(Id, [OfMarch], Noon));

    [Fact]
    public void an_error_is_no_state()
    {
        Given(GivenUp).When(it => CompareCharge(
            it, MoneyState.Failed, LookUp(March, new ChargeResult.Unknown("http_500")), null, true, LookUps, Noon))
            .ThenNothing();
        Given(Open).When(it => Ask(it, new MandateResult.Unknown("http_500"))).ThenNothing();
    }

    [Fact]
    public void an_answer_that_newer_events_have_overtaken_says_nothing()
    {
        Given(Open, Sent(March), Charged(March)).When(it => CompareCharge(
            it, MoneyState.Pending, LookUp(March, A.Confirmed(PaymentStatus.Pending)), null, true, LookUps, Noon))
            .ThenNothing();
        Given(Open).When(it => CompareMandate(
            it, PreapprovalStatus.Pending, Confirmed(MandateStatus.Pending), [], [], true, SiteZone, Noon))
            .ThenNothing();
    }

    [Fact]
    public void what_is_unknown_is_the_resolvers() => Given(Open, Sent(March), Unknown(March))
        .When(it => CompareCharge(
            it, MoneyState.Unknown, LookUp(March, A.Confirmed(PaymentStatus.Charged)), null, true, LookUps, Noon))
        .ThenNothing();

    [Fact]
    public void what_stayed_unknown_until_an_owner_had_it_is_settled()
    {
        PreapprovalEvent[] owned = [.. Open, Sent(March), Unknown(March), Owned(March, "timeout", 3, Noon)];

        Given(owned).When(it => CompareCharge(
            it, MoneyState.Unknown, LookUp(March, A.Confirmed(PaymentStatus.Charged)), null, true, LookUps, Noon))
            .ThenOnce(
                Found(OfMarch, "unknown", "charged"), Charged(March, LearntFrom.LookUp),
                new DriftHealed(Id, [OfMarch], Noon));
        Given(owned).When(it => CompareCharge(
            it, MoneyState.Unknown, LookUp(March, new ChargeResult.NotFound()), null, true, LookUps, Noon))
            .ThenNothing();
    }

    [Fact]
    public void what_was_stopped_because_the_gateway_did_not_know_it_is_charged_once_it_shows() =>
        Given(Open, Sent(March), Stopped(March, "closing", Noon))
            .When(it => CompareCharge(
                it, MoneyState.Stopped, LookUp(March, A.Confirmed(PaymentStatus.Charged)), null, true, LookUps, Noon))
            .ThenOnce(
                Found(OfMarch, "stopped", "charged"), Charged(March, LearntFrom.LookUp),
                new DriftHealed(Id, [OfMarch], Noon));

    [Fact]
    public void another_amount_in_a_list_is_drift() => Given(Open, Sent(March), Charged(March))
        .When(it => CompareCharge(
            it, MoneyState.Charged, LookUp(March, new ChargeResult.Unknown("mismatch_amount")), new Money(1, "BRL"),
            true, LookUps, Noon))
        .Then(Found($"payments.{March.MerchantTransactionId}.amount", "4990 BRL", "1 BRL"));

    [Fact]
    public void a_mandate_closed_over_there_is_closed_here() => Given(OpenWith(null))
        .When(it => Ask(it, Confirmed(MandateStatus.Closed)))
        .ThenOnce(
            Found("status", "open", "closed"), Closed(ClosedBy.Customer, LearntFrom.LookUp),
            new DriftHealed(Id, ["status"], Noon));

    [Fact]
    public void one_that_is_open_over_there_though_closed_here_is_recorded() =>
        Given(Open, Closed(ClosedBy.Customer, LearntFrom.Notification))
            .When(it => Ask(it, Confirmed(MandateStatus.Open)))
            .Then(Found("status", "closed", "open"));

    [Fact]
    public void one_that_the_gateway_says_it_does_not_have_is_recorded_and_stays_open() => Given(Open)
        .When(it => Ask(it, new MandateResult.NotFound()))
        .Then(Found("existence", "open", "not_found"));

    [Fact]
    public void fields_that_agree_again_are_healed_and_others_stay() =>
        Given(Open, new DriftFound(Id, ["currency", "site_id"], null, LearntFrom.Notification, Noon))
            .When(it => CompareMandate(
                it, it.Status, Confirmed(MandateStatus.Open), [new Difference("site_id", "30201", "30597")],
                ["currency", "description"], true, SiteZone, Noon))
            .Then(new DriftHealed(Id, ["currency"], Noon));

    private static PreapprovalEvent[] Ask(Preapproval it, MandateResult answer) =>
        CompareMandate(it, it.Status, answer, [], [], true, SiteZone, Noon);

    private static DriftFound Found(string field, string ours, string theirs) =>
        new(Id, [field], Differences(new Difference(field, ours, theirs)), LearntFrom.LookUp, Noon);
}

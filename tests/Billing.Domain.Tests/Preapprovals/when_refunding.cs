using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_refunding
{
    private static readonly PreapprovalEvent[] Paid = [.. Open, Sent(March), Charged(March)];
    private static readonly string Charge = March.MerchantTransactionId;
    private static readonly GatewayRefund Shown = new(1, "20260301120100", 1, "Open", null);

    [Fact]
    public void a_part_of_a_payment_goes_back() =>
        Given(Paid).When(it => RequestRefund(it, Charge, Wish("a", 1000), Noon)).Then(Asked("a", 1000));

    [Fact]
    public void what_is_requested_unknown_or_pending_is_taken()
    {
        Given(Paid, Asked("a", 2000), Asked("b", 1000), Unknown("b", 1000))
            .When(it => RequestRefund(it, Charge, Wish("c", 1991), Noon))
            .ThenRefused("118");
        Given(Paid, Asked("a", 2000), Accepted("a", 2000), Asked("b", 1000), Unknown("b", 1000))
            .When(it => RequestRefund(it, Charge, Wish("c", 1990), Noon))
            .Then(Asked("c", 1990));
    }

    [Fact]
    public void what_has_failed_can_be_asked_for_again() =>
        Given(Paid, Asked("a", 4990), Failed("a", 4990)).When(it => RequestRefund(it, Charge, Wish("b", 4990), Noon))
            .Then(Asked("b", 4990));

    [Theory]
    [InlineData(0, "118")]
    [InlineData(-1, "118")]
    [InlineData(4991, "118")]
    public void no_more_than_the_payment_goes_back(long minor, string code) =>
        Given(Paid).When(it => RequestRefund(it, Charge, Wish("a", minor), Noon)).ThenRefused(code);

    [Fact]
    public void only_what_succeeded_and_was_not_taken_back_is_refunded()
    {
        Given(Open, Sent(March)).When(it => RequestRefund(it, Charge, Wish("a", 1), Noon)).ThenRefused("17");
        Given(Paid, new PaymentDisputed(
            Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Noon))
            .When(it => RequestRefund(it, Charge, Wish("a", 1), Noon))
            .ThenRefused("17");
        Given(Paid, new PaymentReversed(
            Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Noon))
            .When(it => RequestRefund(it, Charge, Wish("a", 1), Noon))
            .ThenRefused("17");
    }

    [Fact]
    public void it_is_possible_after_a_close_and_after_the_customer_was_forgotten()
    {
        Given(Paid, Closed(ClosedBy.Customer, LearntFrom.Notification), new CustomerForgotten(Id, Noon))
            .When(it => RequestRefund(it, Charge, Wish("a", 1000), Noon))
            .Then(Asked("a", 1000));
        Given(Paid, new CustomerForgotten(Id, Noon))
            .When(it => RequestRefund(it, Charge, Wish("a", 1000) with { PersonalParts = ["details"] }, Noon))
            .ThenRefused("18");
    }

    [Fact]
    public void ids_of_the_derived_form_are_kept_for_our_own() =>
        Given(Paid).When(it => RequestRefund(it, Charge, Wish(ChargeId.RefundReferenceOf(Charge), 1), Noon))
            .ThenRefused("merchant_transaction_id_reserved");

    [Fact]
    public void a_lost_answer_is_unknown_and_found_by_a_look_up()
    {
        Given(Paid, Asked("a", 1000)).When(
            it => RecordRefund(it, Update("a", new RefundResult.Unknown("timeout"), LearntFrom.Answer), LookUps, Noon))
            .ThenOnce(Unknown("a", 1000));
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(it, Update(
                "a", new RefundResult.Confirmed(Snapshot(9001, "a", RefundStatus.Pending, 1000)),
                LearntFrom.LookUp), LookUps, Noon))
            .Then(Accepted("a", 1000, LearntFrom.LookUp));
    }

    [Fact]
    public void an_owner_decides_after_the_quiet_period_because_a_second_refund_may_pay_twice()
    {
        var (early, late) = (Noon.AddMinutes(5), Noon.AddMinutes(11));

        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(
                it, Update("a", new RefundResult.NotFound(), LearntFrom.LookUp, Window.AddMinutes(5)), LookUps, early))
            .ThenOnce(Unknown("a", 1000, "not_found_yet", 1, early, early.AddHours(1), LearntFrom.LookUp));
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(
                it, Update("a", new RefundResult.NotFound(), LearntFrom.LookUp, Window.AddSeconds(59)), LookUps, late))
            .ThenOnce(Unknown("a", 1000, "not_found_yet", 1, late, late.AddHours(1), LearntFrom.LookUp));
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(
                it, Update("a", new RefundResult.NotFound(), LearntFrom.LookUp, Window.AddSeconds(60)), LookUps, late))
            .ThenOnce(Unknown("a", 1000, "never_arrived", 1, late, null, LearntFrom.LookUp));
    }

    [Fact]
    public void a_refund_that_the_gateway_takes_its_time_for_is_asked_about_and_then_has_an_owner()
    {
        var due = Noon.AddDays(3);
        Given(Paid, Asked("a", 1000), Accepted("a", 1000))
            .When(it => RecordRefund(it, Update(
                "a", new RefundResult.Confirmed(Snapshot(9001, "a", RefundStatus.Pending, 1000)),
                LearntFrom.LookUp), LookUps, due))
            .ThenOnce(new RefundAccepted(
                Id, March, 9001, "a", Price with { Minor = 1000 }, Shown, LearntFrom.LookUp, 1, due.AddHours(1), null,
                due));
    }

    [Fact]
    public void one_that_was_made_elsewhere_is_recorded_too()
    {
        Given(Paid)
            .When(it => RecordRefund(
                it, Charge, Snapshot(9009, null, RefundStatus.Refunded, 990), LearntFrom.Notification, LookUps, Noon))
            .Then(
                new RefundAccepted(
                    Id, March, 9009, null, Price with { Minor = 990 }, Shown, LearntFrom.Notification, 0, null, null,
                    Noon),
                new PaymentRefunded(
                    Id, March, Price, null, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, 9009,
                    Price with { Minor = 990 }, Noon));
    }

    [Fact]
    public void what_contradicts_what_was_asked_moves_nothing() =>
        Given(Paid, Asked("a", 1000)).When(it => RecordRefund(
            it, Charge, Snapshot(9001, "a", RefundStatus.Refunded, 999), LearntFrom.Notification, LookUps, Noon))
            .ThenNothing();

    [Fact]
    public void an_operators_decision_holds_until_the_gateway_answers()
    {
        var set = new RefundSetByOperator(
            Id, March, "a", Price with { Minor = 1000 }, RefundState.Failed, "maria", Text("why"), Text("evidence"),
            Noon);
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => SetRefund(it, "a", RefundState.Failed, "maria", "why", "evidence", Noon))
            .Then(set);
        Given(Paid, Asked("a", 1000), Unknown("a", 1000), set, Accepted("a", 1000)).Is(
            (RefundState.Pending, 3990),
            it => (it.Charges[Charge].Refunds["a"].State, it.Charges[Charge].RefundableMinor));
        Given(Paid, Asked("a", 1000), Failed("a", 1000))
            .When(it => SetRefund(it, "a", RefundState.Refunded, "maria", "why", "evidence", Noon))
            .ThenRefused("refund_settled");
    }

    [Fact]
    public void a_period_that_was_paid_twice_goes_back_once() =>
        Given(Paid)
            .When(it => RefundPaidTwice(it, Charge, Noon))
            .Then(new RefundRequested(
                Id, March, ChargeId.RefundReferenceOf(Charge), Price, ByPeriodPaidTwice, null, null, null, null, Window,
                Noon));

    private static RefundWish Wish(string reference, long minor) =>
        new(reference, Price with { Minor = minor }, ByStorefront);

    private static RefundRequested Asked(string reference, long minor) =>
        new(Id, March, reference, Price with { Minor = minor }, ByStorefront, null, null, null, null, Window, Noon);

    private static RefundAccepted Accepted(string reference, long minor, LearntFrom from = LearntFrom.Answer) =>
        new(Id, March, 9001, reference, Price with { Minor = minor }, Shown, from, 0, Noon.AddDays(3), null, Noon);

    private static RefundFailed Failed(string reference, long minor) =>
        new(Id, March, reference, null, Price with { Minor = minor }, null, LearntFrom.Answer, "17", null, Noon);

    private static RefundOutcomeUnknown Unknown(
        string reference, long minor, string symptom = "timeout", int lookUps = 0, DateTimeOffset? at = null,
        DateTimeOffset? next = null, LearntFrom from = LearntFrom.Answer) =>
        new(
            Id, March, reference, Price with { Minor = minor }, from, symptom, lookUps,
            symptom is "never_arrived" ? null : next ?? (at ?? Noon).AddMinutes(5),
            symptom is "never_arrived" ? "operator" : null, at ?? Noon);

    private static RefundUpdate Update(
        string reference, RefundResult answer, LearntFrom from, DateTimeOffset? asked = null) =>
        new(reference, answer, from, asked ?? Window);

    private static RefundSnapshot Snapshot(int id, string? reference, RefundStatus status, long minor) =>
        new(id, 7001, reference, status, Price with { Minor = minor }, Shown, null);
}

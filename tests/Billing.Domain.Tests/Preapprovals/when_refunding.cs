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
    public void a_part_of_a_payment_goes_back() => Given(Paid).When(it => RequestRefund(it, Charge, Wish("a", 1000), Noon)).Then(Asked("a", 1000));

    [Fact]
    public void what_is_requested_unknown_or_pending_is_taken()
    {
        Given(Paid, Asked("a", 2000), Asked("b", 1000), Unknown("b", 1000)).When(it => RequestRefund(it, Charge, Wish("c", 1991), Noon)).ThenRefused("118");
        Given(Paid, Asked("a", 2000), Accepted("a", 2000), Asked("b", 1000), Unknown("b", 1000)).When(it => RequestRefund(it, Charge, Wish("c", 1990), Noon)).Then(Asked("c", 1990));
    }

    [Fact]
    public void what_has_failed_can_be_asked_for_again() =>
        Given(Paid, Asked("a", 4990), Failed("a", 4990)).When(it => RequestRefund(it, Charge, Wish("b", 4990), Noon)).Then(Asked("b", 4990));

    [Theory]
    [InlineData(0, "118")]
    [InlineData(-1, "118")]
    [InlineData(4991, "118")]
    public void no_more_than_the_payment_goes_back(long minor, string code) => Given(Paid).When(it => RequestRefund(it, Charge, Wish("a", minor), Noon)).ThenRefused(code);

    [Fact]
    public void only_what_succeeded_and_nobody_else_has_taken_is_refunded()
    {
        Given(Open, Sent(March)).When(it => RequestRefund(it, Charge, Wish("a", 1), Noon)).ThenRefused("17");
        Given(Paid, new PaymentDisputed(Id, March, Price, Price, null, ChargeOrigin.Scheduled, 1, LearntFrom.Notification, null, Noon)).When(it => RequestRefund(it, Charge, Wish("a", 1), Noon)).ThenRefused("17");
        Given(Paid, new PaymentReversed(Id, March, Price, Price, null, ChargeOrigin.Scheduled, 1, LearntFrom.Notification, null, Noon)).When(it => RequestRefund(it, Charge, Wish("a", 1), Noon)).ThenRefused("17");
    }

    [Fact]
    public void it_is_possible_after_a_close_and_after_the_customer_was_forgotten()
    {
        Given(Paid, Closed(ClosedBy.Customer, LearntFrom.Notification), new CustomerForgotten(Id, Noon)).When(it => RequestRefund(it, Charge, Wish("a", 1000), Noon)).Then(Asked("a", 1000));
        Given(Paid, new CustomerForgotten(Id, Noon)).When(it => RequestRefund(it, Charge, Wish("a", 1000) with { PersonalParts = ["details"] }, Noon)).ThenRefused("18");
    }

    [Fact]
    public void ids_of_the_derived_form_are_kept_for_our_own() =>
        Given(Paid).When(it => RequestRefund(it, Charge, Wish(OfPaidTwice(Charge), 1), Noon)).ThenRefused("merchant_transaction_id_reserved");

    [Fact]
    public void a_lost_answer_is_unknown_and_found_by_a_look_up()
    {
        Given(Paid, Asked("a", 1000)).When(it => RecordRefund(it, News("a", new RefundAnswer.Unknown("timeout"), LearntFrom.Answer), LookUps, Noon)).ThenOnce(Unknown("a", 1000));
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(it, News("a", new RefundAnswer.Told(Reading(9001, "a", RefundStatus.Pending, 1000)), LearntFrom.LookUp), LookUps, Noon))
            .Then(Accepted("a", 1000, LearntFrom.LookUp));
    }

    [Fact]
    public void not_found_is_believed_after_the_quiet_period_and_the_same_id_is_sent_again()
    {
        var early = Noon.AddMinutes(5);
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(it, News("a", new RefundAnswer.NotFound(), LearntFrom.LookUp, Claimed.AddMinutes(5)), LookUps, early))
            .ThenOnce(Unknown("a", 1000, "not_found_yet", 1, early, early.AddHours(1), LearntFrom.LookUp, claimed: false));

        var late = Noon.AddMinutes(11);
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(it, News("a", new RefundAnswer.NotFound(), LearntFrom.LookUp, Claimed.AddSeconds(59)), LookUps, late))
            .ThenOnce(Unknown("a", 1000, "not_found_yet", 1, late, late.AddHours(1), LearntFrom.LookUp, claimed: false));
        Given(Paid, Asked("a", 1000), Unknown("a", 1000))
            .When(it => RecordRefund(it, News("a", new RefundAnswer.NotFound(), LearntFrom.LookUp, Claimed.AddMinutes(11)), LookUps, late))
            .ThenOnce(new RefundResent(Id, March, "a", late));
    }

    [Fact]
    public void not_to_know_of_the_send_before_says_nothing_of_the_one_on_its_way()
    {
        PreapprovalEvent[] again = [.. Paid, Asked("a", 1000), Unknown("a", 1000), new RefundResent(Id, March, "a", Noon.AddHours(1))];
        var late = News("a", new RefundAnswer.NotFound(), LearntFrom.LookUp, Claimed.AddHours(1));

        Given(again).When(it => RecordRefund(it, late with { Send = 1 }, LookUps, Noon.AddHours(1))).ThenNothing();
        Assert.NotEmpty(RecordRefund(again.Aggregate((Preapproval?)null, Preapproval.Evolve)!, late with { Send = 2 }, LookUps, Noon.AddHours(1)));
    }

    [Fact]
    public void after_the_last_resend_it_has_an_owner()
    {
        var late = Noon.AddHours(3);
        Given(Paid, Asked("a", 1000), Unknown("a", 1000), new RefundResent(Id, March, "a", Noon.AddHours(1)), Unknown("a", 1000, at: Noon.AddHours(1)))
            .When(it => RecordRefund(it, News("a", new RefundAnswer.NotFound(), LearntFrom.LookUp, Claimed.AddHours(3)), LookUps, late))
            .ThenOnce(Unknown("a", 1000, "never_arrives", 1, late, null, LearntFrom.LookUp, claimed: false));
    }

    [Fact]
    public void a_refund_that_the_gateway_takes_its_time_for_is_asked_about_and_then_somebodys()
    {
        var due = Noon.AddDays(3);
        Given(Paid, Asked("a", 1000), Accepted("a", 1000))
            .When(it => RecordRefund(it, News("a", new RefundAnswer.Told(Reading(9001, "a", RefundStatus.Pending, 1000)), LearntFrom.LookUp), LookUps, due))
            .ThenOnce(new RefundAccepted(Id, March, 9001, "a", Price with { Minor = 1000 }, Shown, LearntFrom.LookUp, 1, due.AddHours(1), null, due));
    }

    [Fact]
    public void one_that_was_made_elsewhere_is_recorded_too()
    {
        Given(Paid)
            .When(it => RecordRefund(it, Charge, Reading(9009, null, RefundStatus.Refunded, 990), LearntFrom.Notification, LookUps, Noon))
            .Then(
                new RefundAccepted(Id, March, 9009, null, Price with { Minor = 990 }, Shown, LearntFrom.Notification, 0, null, null, Noon),
                new PaymentRefunded(Id, March, Price, null, null, ChargeOrigin.Scheduled, 1, LearntFrom.Notification, 9009, Price with { Minor = 990 }, Noon));
    }

    [Fact]
    public void what_contradicts_what_was_asked_moves_nothing() =>
        Given(Paid, Asked("a", 1000)).When(it => RecordRefund(it, Charge, Reading(9001, "a", RefundStatus.Refunded, 999), LearntFrom.Notification, LookUps, Noon)).ThenNothing();

    [Fact]
    public void an_operators_word_holds_until_the_gateway_speaks()
    {
        var set = new RefundSetByOperator(Id, March, "a", Price with { Minor = 1000 }, RefundState.Failed, "maria", "why", "evidence", Noon);
        Given(Paid, Asked("a", 1000), Unknown("a", 1000)).When(it => SetRefund(it, "a", RefundState.Failed, "maria", "why", "evidence", Noon)).Then(set);
        Given(Paid, Asked("a", 1000), Unknown("a", 1000), set, Accepted("a", 1000)).Is((RefundState.Pending, 3990), it => (it.Charges[Charge].Refunds["a"].State, it.Charges[Charge].RefundableMinor));
        Given(Paid, Asked("a", 1000), Failed("a", 1000)).When(it => SetRefund(it, "a", RefundState.Refunded, "maria", "why", "evidence", Noon)).ThenRefused("refund_settled");
    }

    [Fact]
    public void a_period_that_was_paid_twice_goes_back_once() =>
        Given(Paid)
            .When(it => RefundPaidTwice(it, Charge, Noon))
            .Then(new RefundRequested(Id, March, OfPaidTwice(Charge), Price, ByPeriodPaidTwice, null, null, null, null, Noon));

    private static RefundWish Wish(string reference, long minor) => new(reference, Price with { Minor = minor }, ByStorefront);

    private static RefundRequested Asked(string reference, long minor) => new(Id, March, reference, Price with { Minor = minor }, ByStorefront, null, null, null, null, Noon);

    private static RefundAccepted Accepted(string reference, long minor, LearntFrom from = LearntFrom.Answer) =>
        new(Id, March, 9001, reference, Price with { Minor = minor }, Shown, from, 0, Noon.AddDays(3), null, Noon);

    private static RefundFailed Failed(string reference, long minor) => new(Id, March, reference, null, Price with { Minor = minor }, null, LearntFrom.Answer, "17", null, Noon);

    private static RefundOutcomeUnknown Unknown(
        string reference, long minor, string symptom = "timeout", int lookUps = 0, DateTimeOffset? at = null, DateTimeOffset? next = null, LearntFrom from = LearntFrom.Answer, bool claimed = true) =>
        new(Id, March, reference, Price with { Minor = minor }, from, symptom, lookUps, next ?? (symptom is "never_arrives" ? null : (at ?? Noon).AddMinutes(5)), claimed ? Claimed : null,
            symptom is "never_arrives" ? "operator" : null, at ?? Noon);

    private static Billing.Domain.Preapprovals.RefundNews News(string reference, RefundAnswer answer, LearntFrom from, DateTimeOffset? asked = null) =>
        new(reference, answer, from, from is LearntFrom.Answer ? Claimed : null, asked ?? Claimed);

    private static RefundReading Reading(int id, string? reference, RefundStatus status, long minor) => new(id, 7001, reference, status, Price with { Minor = minor }, Shown, null);
}

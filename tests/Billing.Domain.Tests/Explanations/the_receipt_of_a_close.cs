using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Explanations.Timeline;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Explanations;

[Keeps(Promise.ClosedIsNotCharged)]
public class the_receipt_of_a_close
{
    private static readonly DateTimeOffset Asked = At(3, 2);
    private static readonly DateTimeOffset Confirmed = At(3, 2, 12, 1);
    private static readonly PreapprovalEvent ByMerchant = Closed(ClosedBy.Merchant, LearntFrom.Answer, Confirmed);

    [Fact]
    public void before_a_request_says_so() => Assert.Equal("not_asked", Of(Sent(March), Charged(March)).Standing);

    [Fact]
    public void says_who_asked_when_and_when_the_gateway_confirmed()
    {
        var receipt = Of(CloseRequested(Asked), ByMerchant);

        Assert.Equal(
            ("closed", ClosedBy.Merchant, Asked, "storefront-30201", Confirmed),
            (
                receipt.Standing, receipt.ClosedBy, receipt.Asked!.HappenedAt, receipt.Asked.By,
                receipt.Ended!.HappenedAt));
        Assert.Equal(
            [
                "The close was asked for at 2026-03-02 12:00:00 UTC by storefront-30201; "
                + "from then on nothing new was sent.",
                "The gateway confirmed it; we learnt it at 2026-03-02 12:01:00 UTC from the gateway's answer.",
            ],
            receipt.Sentences);
    }

    [Fact]
    public void says_that_the_customer_closed_it_and_not_the_merchant()
    {
        var receipt = Of(Closed(ClosedBy.Customer, LearntFrom.Notification, Confirmed));

        Assert.Equal(("closed", ClosedBy.Customer, null), (receipt.Standing, receipt.ClosedBy, receipt.Asked));
        Assert.Equal(
            "The customer closed it at the gateway; we learnt it at 2026-03-02 12:01:00 UTC from a notification.",
            Assert.Single(receipt.Sentences));
    }

    [Fact]
    public void under_way_unknown_and_refused_are_three_things()
    {
        Assert.Equal("under_way", Of(CloseRequested(Asked)).Standing);
        Assert.Equal(
            "unknown",
            Of(
                CloseRequested(Asked),
                Unknown(MandateOperation.Close, "timeout", At(3, 2, 12, 6), at: Confirmed)).Standing);
        Assert.Equal(
            ("refused", null),
            Of(CloseRequested(Asked), new CloseFailed(Id, "114", null, Confirmed)) is var refused
                ? (refused.Standing, refused.ClosedBy)
                : default);
        Assert.Equal(
            ("closed", ClosedBy.Customer),
            Of(
                CloseRequested(Asked), new CloseFailed(Id, "114", null, Confirmed),
                Closed(ClosedBy.Customer, LearntFrom.Notification)) is var later
                ? (later.Standing, later.ClosedBy)
                : default);
        Assert.Equal(
            2,
            Of(CloseRequested(Asked), new CloseFailed(Id, "114", null, Confirmed), CloseRequested(Confirmed)).Requests);
    }

    [Fact]
    public void a_charge_that_was_withdrawn_was_stopped() =>
        Fate([Sent(March)], [Stopped(March)], "stopped", MoneyState.Stopped, "was stopped before it was sent.");

    [Fact]
    public void a_charge_whose_sender_saw_the_close_after_the_gateway_had_confirmed_it_was_stopped() =>
        Fate(
            [Sent(March)], [ByMerchant, Stopped(March)], "stopped", MoneyState.Stopped,
            "was stopped before it was sent.");

    [Fact]
    public void a_charge_on_its_way_was_too_late_to_stop()
    {
        Fate([Sent(March)], [], "too_late", MoneyState.Requested, "was too late to stop; its outcome is awaited.");
        Fate(
            [Sent(March)], [Charged(March, at: Confirmed)], "too_late", MoneyState.Charged,
            "was too late to stop; the money was taken (2026-03-02 12:01:00 UTC, from the gateway's answer).");
        Fate([Sent(March)], [Failed(March, at: Confirmed)], "too_late", MoneyState.Failed, "and no money was taken.");
        Fate(
            [Sent(March)], [Unknown(March, at: Confirmed)], "too_late", MoneyState.Unknown,
            "its outcome is unknown: the next look-up is due at 2026-03-02 12:06:00 UTC.");
    }

    [Fact]
    public void a_charge_found_later_never_to_have_arrived_says_so() =>
        Fate(
            [Sent(March)], [Unknown(March, at: Confirmed), Stopped(March)], "too_late", MoneyState.Stopped,
            "it turned out never to have reached the gateway");

    [Fact]
    public void a_charge_of_unknown_outcome_says_what_became_of_it()
    {
        Fate(
            [Sent(March), Unknown(March)], [], "unknown", MoneyState.Unknown,
            "and still is: the next look-up is due at 2026-03-01 12:05:00 UTC.");
        Fate(
            [Sent(March), Unknown(March)], [Owned(March, "not_found_yet", 3, Confirmed)], "unknown", MoneyState.Unknown,
            "look-ups are used up, and operator has to settle it.");
        Fate(
            [Sent(March), Unknown(March)], [Charged(March, LearntFrom.LookUp, Confirmed)], "unknown",
            MoneyState.Charged, "the money was taken (2026-03-02 12:01:00 UTC, by a look-up).");
        Fate(
            [Sent(March), Unknown(March)], [Decided(March, MoneyState.Failed, Confirmed)], "unknown", MoneyState.Failed,
            "it failed (2026-03-02 12:01:00 UTC by storefront-30201)");
    }

    [Fact]
    public void a_charge_pending_at_the_provider_was_too_late_to_stop() =>
        Fate(
            [Sent(March), Pending(March)], [], "too_late", MoneyState.Pending,
            "was with the provider already, which has not decided yet.");

    [Fact]
    public void a_failure_that_turns_into_a_success_afterwards_shows() =>
        Fate(
            [Sent(March), Failed(March)], [Charged(March, LearntFrom.Notification, Confirmed)], "too_late",
            MoneyState.Charged, "the money was taken (2026-03-02 12:01:00 UTC, from a notification).");

    [Fact]
    public void what_was_settled_before_is_not_its_business() =>
        Assert.Empty(Of(Sent(March), Charged(March), CloseRequested(Asked), ByMerchant).Charges);

    [Fact]
    public void retries_that_will_not_come_are_named() =>
        Assert.Equal(
            [March.Period!.Value.DueOn],
            Of(
                Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4)), CloseRequested(Asked),
                NoMore(March, "closing", 0, Asked)).RetriesEnded);

    private static ChargeStopped Stopped(ChargeId id) => Specs.A.Stopped(id, "closing", Asked);

    private static CloseReceipt Of(params PreapprovalEvent[] events) => CloseReceipt.Of(Story(Open, events));

    private static void Fate(
        PreapprovalEvent[] before, PreapprovalEvent[] after, string atClose, MoneyState now, string ending)
    {
        var charge = Assert.Single(Of([.. before, CloseRequested(Asked), .. after]).Charges);

        Assert.Equal((atClose, now), (charge.AtClose, charge.Now));
        Assert.StartsWith(
            "Charge 5001-260301-1 (due 2026-03-01, attempt 1, BRL 49.90) was ", charge.Sentence,
            StringComparison.Ordinal);
        Assert.Contains(ending, charge.Sentence, StringComparison.Ordinal);
    }
}

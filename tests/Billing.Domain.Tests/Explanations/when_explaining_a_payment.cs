using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Explanations.Timeline;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Explanations;

public class when_explaining_a_payment
{
    [Fact]
    public void a_scheduled_one_names_its_period_and_how_it_ended() => Explains(
        March, [.. Open, Sent(March), Charged(March)], "charged", null,
        [
            "It collects the period that was due on 2026-03-01 by revision 1 of the schedule.",
            "Charge 5001-260301-1 (due 2026-03-01, attempt 1, BRL 49.90) was charged; we learnt it at "
            + "2026-03-01 12:00:00 UTC from the gateway's answer.",
        ], "schedule_set", "charge_requested", "payment_charged");

    [Fact]
    public void one_on_demand_was_the_storefronts_wish() =>
        Explains(
            OnDemand, [.. Open, Sent(OnDemand)], "in_flight", null,
            ["The storefront asked for it, outside the schedule and under an id of its own."], "charge_requested");

    [Fact]
    public void a_retry_names_the_failure_before_it() => Explains(
        MarchAgain,
        [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4)), Sent(MarchAgain), Pending(MarchAgain)],
        "pending", null,
        ["It is attempt 2 at the period that was due on 2026-03-01, because attempt 1 took "
            + "no money: declined for now, the gateway's code 119."],
        "payment_failed", "retry_scheduled", "charge_requested", "payment_pending");

    [Fact]
    public void a_failed_one_says_what_follows()
    {
        Explains(
            March, [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4))], "failed", "declined_for_now",
            ["Attempt 2 is due at 2026-03-04 12:00:00 UTC."],
            "schedule_set", "charge_requested", "payment_failed", "retry_scheduled");
        Explains(
            March, [.. Open, Sent(March), Failed(March, "12", "declined_for_good"), NoMore(March, "declined_for_good")],
            "failed", "declined_for_good",
            ["No further attempt follows after attempt 1 of the period due on 2026-03-01: declined for good."],
            "schedule_set", "charge_requested", "payment_failed", "retries_exhausted");
    }

    [Fact]
    public void an_unknown_one_says_why_and_who_has_it() => Explains(
        March, [.. Open, Sent(March), Unknown(March), Owned(March, "not_found_yet", 3, At(3, 8))], "unknown",
        "not_found_yet",
        ["Charge 5001-260301-1 (due 2026-03-01, attempt 1, BRL 49.90) is of unknown outcome since "
            + "2026-03-01 12:00:00 UTC (not found yet, looked up 3 times): money may have moved or not, and look-ups "
            + "are used up, and operator has to settle it."],
        "schedule_set", "charge_requested", "payment_outcome_unknown", "payment_outcome_unknown");

    [Fact]
    public void one_sent_again_says_so() => Explains(
        March, [.. Open, Sent(March), Unknown(March), Resent(March, At(3, 1, 13)), Charged(March, at: At(3, 1, 13))],
        "charged", null, ["The gateway did not have it, so the same id was sent again at 2026-03-01 13:00:00 UTC."],
        "schedule_set", "charge_requested", "payment_outcome_unknown", "charge_resent", "payment_charged");

    [Fact]
    public void one_settled_by_an_operator_names_the_person() => Explains(
        March, [.. Open, Sent(March), Unknown(March), Decided(March, MoneyState.Failed)], "failed", "set_by_operator",
        ["Charge 5001-260301-1 (due 2026-03-01, attempt 1, BRL 49.90) counts as failed since 2026-03-01 "
            + "12:00:00 UTC by a decision of maria, until the gateway says otherwise."],
        "schedule_set", "charge_requested", "payment_outcome_unknown", "outcome_set_by_operator");

    [Fact]
    public void a_stopped_one_says_why() => Explains(
        March, [.. Open, Sent(March), CloseRequested(), Stopped(March, "closing", Noon)], "stopped", "closing", [],
        "schedule_set", "charge_requested", "charge_stopped");

    [Fact]
    public void one_of_two_that_paid_a_period_names_the_other()
    {
        var twice = new PeriodPaidTwice(
            Id, March.Period!.Value, MarchAgain.MerchantTransactionId, March.MerchantTransactionId, "operator", Noon);

        Explains(
            March,
            [.. Open, Sent(March), Failed(March), RetryOf(
                MarchAgain, At(3, 4)), Sent(MarchAgain), Charged(MarchAgain), Charged(March), twice],
            "charged_twice", null,
            [$"The period due on 2026-03-01 was paid twice, by {MarchAgain.MerchantTransactionId} and "
                + $"{March.MerchantTransactionId}: operator has to pay one back."],
            "schedule_set", "charge_requested", "payment_failed", "retry_scheduled", "payment_charged",
            "period_paid_twice");
    }

    [Fact]
    public void no_sentence_comes_twice_in_a_story_that_contains_everything()
    {
        var story = Story(
            Open, Sent(March), Unknown(March), Resent(March, Noon), Failed(March), RetryOf(MarchAgain, At(3, 4)),
            Sent(MarchAgain), Charged(MarchAgain), Charged(March),
            new PeriodPaidTwice(
                Id, March.Period!.Value, MarchAgain.MerchantTransactionId, March.MerchantTransactionId, "operator",
                Noon),
            Refund("r-1"), Refund("r-2"), Refund("r-3"), Refund("r-4"),
            new RefundNotSent(Id, March, "r-1", Part, "breaker_open", At(3, 2), Noon),
            new RefundNotSent(Id, March, "r-2", Part, "breaker_open", At(3, 2), Noon),
            new RefundResent(Id, March, "r-1", Window, Noon), new RefundResent(Id, March, "r-2", Window, Noon),
            Lost("r-1"), Lost("r-2"), Lost("r-3"),
            new RefundFailed(Id, March, "r-1", null, Part, null, LearntFrom.Answer, "18", null, Noon),
            new RefundFailed(Id, March, "r-2", null, Part, null, LearntFrom.Answer, "18", null, Noon),
            BySupport("r-3"), BySupport("r-4"),
            Refunded(11), Refunded(12),
            new DisputeReported(Id, March, 21, Part, LearntFrom.LookUp, Noon),
            new DisputeReported(Id, March, 22, Part, LearntFrom.LookUp, Noon),
            Disputed(21), Disputed(22), Won(21), Won(22));

        IReadOnlyList<string>[] all =
        [
            PaymentExplanation.Of(story, March.MerchantTransactionId)!.Sentences,
            DateExplanation.Of(story, March.Period!.Value.DueOn, At(3, 5)).Sentences,
        ];

        foreach (var sentences in all)
        {
            Assert.Empty(sentences.GroupBy(one => one).Where(same => same.Count() > 1).Select(same => same.Key));
            Assert.All((string[])["r-1", "r-2", "r-3", "r-4"], name => Assert.Contains(
                sentences, one => one.StartsWith($"Refund {name} of BRL 10.00", StringComparison.Ordinal)));
            Assert.DoesNotContain(sentences, one => one.StartsWith("At ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void one_of_another_stream_is_not_explained_here() =>
        Assert.Null(PaymentExplanation.Of(Story(Open), "order-9"));

    private static Money Part => Price with { Minor = 1000 };

    private static RefundRequested Refund(string reference) =>
        new(Id, March, reference, Part, "storefront", null, null, null, null, Window, Noon);

    private static RefundOutcomeUnknown Lost(string reference) =>
        new(Id, March, reference, Part, LearntFrom.Answer, "timeout", 0, At(3, 2), null, Noon);

    private static RefundSetByOperator BySupport(string reference) =>
        new(Id, March, reference, Part, RefundState.Failed, "maria", null, null, Noon);

    private static PaymentRefunded Refunded(int id) =>
        new(Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.LookUp, id, Part, Noon);

    private static PaymentDisputed Disputed(int id) =>
        new(Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.LookUp, id, Noon);

    private static DisputeWon Won(int id) =>
        new(Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.LookUp, id, Noon);

    private static void Explains(
        ChargeId charge, PreapprovalEvent[] history, string decision, string? reason, string[] says,
        params string[] restsOn)
    {
        var explained = PaymentExplanation.Of(Story(history), charge.MerchantTransactionId)!;

        Assert.Equal((decision, reason), (explained.Decision, explained.Reason));
        Assert.All(says, sentence => Assert.Contains(sentence, explained.Sentences));
        Assert.Equal(restsOn, explained.Facts.Select(fact => fact.Type));
    }
}

using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Explanations.Explaining;
using static Billing.Domain.Tests.Explanations.Timeline;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Explanations;

public class when_explaining_a_date
{
    [Fact]
    public void a_day_between_due_dates_names_both() =>
        Explains(
            [.. Open, Sent(March), Charged(March)], new(2026, 3, 20), "not_due", "between_due_dates",
            "It is no due date: the one before it is 2026-03-01, the next is 2026-04-01.", "schedule_set");

    [Fact]
    public void a_day_before_the_first_due_date_is_before_the_start() =>
        Explains(
            Open, new(2026, 2, 1), "not_due", "before_start", "Nothing is due before 2026-03-01, the first due date.",
            "schedule_set");

    [Fact]
    public void a_day_after_the_last_one_says_that_the_schedule_has_ended() =>
        Explains(
            OpenWith(Monthly with { Periods = 1 }), April1, "not_due", "schedule_ended",
            "The plan has 1 of its 1 periods left, and the last of them is due on 2026-03-01.", "schedule_set");

    [Fact]
    public void a_day_to_come_says_when_and_how_much() =>
        Explains(
            [.. Open, Sent(March), Charged(March)], April1, "not_due_yet", null,
            "It is due at 2026-04-01 00:00:00 UTC: BRL 49.90.", "schedule_set");

    [Fact]
    public void a_day_to_come_in_a_pause_says_since_when_and_by_whom() => Explains(
        [.. Open, Sent(March), Charged(March), new SchedulePaused(Id, At(3, 5))], April1, "not_due_yet", "paused",
        "The schedule was paused at 2026-03-05 12:00:00 UTC by storefront-30201: unless it "
        + "is resumed before, the day is skipped.", "schedule_set", "schedule_paused");

    [Fact]
    public void a_day_that_has_come_and_was_not_decided_is_overdue() =>
        Explains(
            Open, March1, "overdue", null, "It fell due at 2026-03-01 00:00:00 UTC, and no decision is recorded yet.",
            "schedule_set");

    [Fact]
    public void a_charge_says_how_we_know() =>
        Explains(
            [.. Open, Sent(March), Charged(March)], March1, "charged", null,
            "was charged; we learnt it at 2026-03-01 12:00:00 UTC from the gateway's answer.", "schedule_set",
            "charge_requested", "payment_charged");

    [Fact]
    public void what_came_after_the_success_is_shown_too() => Explains(
        [.. Open, Sent(March), Charged(March), new PaymentReversed(
            Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, At(4, 2))],
        March1, "charged", null,
        "The payment was reversed: the money went back; we learnt it at 2026-04-02 12:00:00 UTC from a notification.",
        "schedule_set", "charge_requested", "payment_charged", "payment_reversed");

    [Fact]
    public void a_period_paid_twice_names_both_charges_and_who_pays_back() => Explains(
        [
            .. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2)), Sent(MarchAgain), Charged(MarchAgain),
            Charged(March, LearntFrom.Notification),
            Twice()
        ],
        March1, "charged_twice", null,
        $"was paid twice, by {MarchAgain.MerchantTransactionId} and "
        + $"{March.MerchantTransactionId}: operator has to pay one back.",
        "schedule_set", "charge_requested", "payment_failed", "retry_scheduled", "charge_requested", "payment_charged",
        "payment_charged", "period_paid_twice");

    [Fact]
    public void a_failure_says_its_class_and_when_it_is_tried_again() => Explains(
        [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4))], March1, "retry_scheduled", null,
        "Attempt 2 is due at 2026-03-04 12:00:00 UTC.", "schedule_set", "charge_requested", "payment_failed",
        "retry_scheduled");

    [Fact]
    public void a_retry_that_a_pause_holds_back_says_so() => Explains(
        [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4)), new SchedulePaused(Id, At(3, 3))], March1,
        "retry_scheduled", null, "waits until the schedule is resumed.", "schedule_set", "charge_requested",
        "payment_failed", "retry_scheduled", "schedule_paused");

    [Theory]
    [InlineData("attempts_used")]
    [InlineData("declined_for_good")]
    [InlineData("closing")]
    public void an_exhausted_period_says_why_no_retry_comes(string reason) => Explains(
        [.. Open, Sent(March), Failed(March), NoMore(March, reason)], March1, "failed", reason,
        $"No further attempt follows after attempt 1 of the period due on 2026-03-01: {reason.Replace('_', ' ')}.",
        "schedule_set",
        "charge_requested", "payment_failed", "retries_exhausted");

    [Fact]
    public void an_unknown_outcome_says_since_when_and_what_comes_next() => Explains(
        [.. Open, Sent(March), Unknown(March)], March1, "unknown", null,
        "is of unknown outcome since 2026-03-01 12:00:00 UTC (timeout, looked up 0 times): money may have moved or "
        + "not, and the next look-up is due at 2026-03-01 12:05:00 UTC.",
        "schedule_set", "charge_requested", "payment_outcome_unknown");

    [Fact]
    public void pending_in_flight_and_stopped_are_distinguished()
    {
        Explains(
            [.. Open, Sent(March), Pending(March)], March1, "pending", null, "is pending at the provider",
            "schedule_set", "charge_requested", "payment_pending");
        Explains(
            [.. Open, Sent(March)], March1, "in_flight", null, "its outcome is not recorded yet.", "schedule_set",
            "charge_requested");
        Explains(
            [.. Open, Sent(March), CloseRequested(), Stopped(March, "closing", Noon)], March1, "stopped", null,
            "was stopped at 2026-03-01 12:00:00 UTC and took no money: closing.", "schedule_set", "charge_requested",
            "charge_stopped");
    }

    [Fact]
    public void a_day_of_an_earlier_schedule_names_the_change()
    {
        var later = Schedule.Resolve(Monthly with { FirstDueOn = new(2026, 4, 15) }, 2, At(3, 20), SiteZone, March1);

        Explains(
            [.. Open, Sent(March), Charged(March), new ScheduleSet(Id, later, At(3, 20))], April1, "not_due",
            "schedule_changed", "replaced at 2026-03-20 12:00:00 UTC; the new one begins on 2026-04-15.",
            "schedule_set", "schedule_set");
    }

    [Fact]
    public void after_a_close_nothing_is_due() => Explains(
        [.. Open, Sent(March), Charged(March), CloseRequested(At(3, 9)), Closed(
            ClosedBy.Merchant, LearntFrom.Answer, At(3, 9))], April1, "closed", null,
        "It was closed by the merchant; we learnt it at 2026-03-09 12:00:00 UTC from the gateway's answer.",
        "schedule_set", "close_requested", "preapproval_closed");

    [Fact]
    public void without_a_schedule_it_says_what_is_missing()
    {
        Explains([Requested()], March1, "not_open", "requested", "has not confirmed", "preapproval_requested");
        Explains(
            [Requested(), Registered()], March1, "not_open", "pending", "has not approved yet", "preapproval_requested",
            "preapproval_registered");
        Explains(
            [Requested(), new PreapprovalRefused(Id, "118", null, Noon)], March1, "not_open", "refused", "refused",
            "preapproval_requested", "preapproval_refused");
        Explains(
            [Requested(), Registered(), new PreapprovalAbandoned(Id, At(4, 1))], March1, "not_open", "abandoned",
            "given up", "preapproval_requested", "preapproval_abandoned");
        Explains(
            [Requested(), Registered(), Closed(ClosedBy.Customer, LearntFrom.Notification)], March1, "closed", "closed",
            "closed", "preapproval_requested", "preapproval_closed");
        Explains(
            OpenWith(null), March1, "no_schedule", "open", "no schedule", "preapproval_requested",
            "preapproval_opened");
    }

    [Fact]
    public void what_else_was_charged_on_that_day_is_shown()
    {
        ChargeRequested extra = Sent(OnDemand, At(3, 20)), again = Sent(MarchAgain, At(3, 20), At(3, 20));

        Explains(
            [.. Open, Sent(March), Failed(March), again, extra], new(2026, 3, 20), "not_due", "between_due_dates",
            "On that day BRL 49.90 on demand (id order-4711) was asked for.", "schedule_set",
            "charge_requested", "charge_requested");
        Explains(
            [.. Open, Sent(March), Failed(March), again, extra], new(2026, 3, 20), "not_due", "between_due_dates",
            "On that day attempt 2 at the period due on 2026-03-01", "schedule_set", "charge_requested",
            "charge_requested");
    }

    [Theory]
    [MemberData(nameof(stored_events.Names), MemberType = typeof(stored_events))]
    public void every_kind_of_event_has_a_sentence(string name)
    {
        var sentence = EventDescriber.Of(new TimelineEvent(1, name, Noon, Noon, "maria", stored_events.Example(name)));

        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.Contains(' ', sentence);
    }

    private static PeriodPaidTwice Twice() =>
        new(Id, March.Period!.Value, MarchAgain.MerchantTransactionId, March.MerchantTransactionId, "operator", Noon);
}

using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Explanations.Explaining;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Explanations;

public class when_explaining_a_skipped_date
{
    [Fact]
    public void a_deferred_day_names_what_it_waits_for() => Explains(
        [.. Open, Sent(March), Unknown(March), Deferred(April, March, At(4, 1))], April1, "deferred",
        "charge_in_flight", "is of unknown outcome since 2026-03-01 12:00:00 UTC", "charge_requested",
        "payment_outcome_unknown", "charge_deferred");

    [Fact]
    public void a_deferred_retry_names_what_it_waits_for() => Explains(
        [
            .. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(4, 1)), Sent(April, At(4, 1)),
            Deferred(MarchAgain, April, At(4, 1))
        ],
        March1, "deferred", "charge_in_flight", "its outcome is not recorded yet.",
        "charge_requested", "payment_failed", "retry_scheduled", "charge_requested", "charge_deferred");

    [Fact]
    public void a_skip_says_who_and_when() => Explains(
        [.. Open, new PeriodSkipped(Id, April.Period!.Value, At(3, 9))], April1, "skipped", "skipped_by_merchant",
        "The period due on 2026-04-01 was skipped at 2026-03-09 12:00:00 UTC by storefront-30201.", "period_skipped");

    [Fact]
    public void a_skip_taken_back_is_due_again() => Explains(
        [
            .. Open, Sent(March), Charged(March), new PeriodSkipped(Id, April.Period!.Value, At(3, 9)),
            new PeriodReinstated(Id, April.Period!.Value, At(3, 10))
        ],
        April1, "not_due_yet", null, "It is due at",
        "schedule_set", "period_skipped", "period_reinstated");

    [Fact]
    public void a_day_skipped_in_a_pause_says_since_when() => Explains(
        [.. Open, new SchedulePaused(Id, At(2, 20)), Skipped(March, "paused")], March1, "skipped", "paused",
        "It fell due while the schedule was paused, from 2026-02-20 12:00:00 UTC by storefront-30201 on.",
        "schedule_paused", "charge_skipped");

    [Theory]
    [InlineData("superseded", "charges only the latest", "schedule_set")]
    [InlineData("missed", "more than 24 hours", "schedule_set")]
    [InlineData("over_cap", "more than the customer approved", "schedule_set")]
    public void a_day_skipped_by_a_rule_says_which(string reason, string says, string rests) =>
        Explains([.. Open, Skipped(March, reason)], March1, "skipped", reason, says, rests, "charge_skipped");

    [Fact]
    public void a_day_overtaken_by_a_close_or_a_change_names_it()
    {
        Explains(
            [.. Open, Closed(ClosedBy.Customer, LearntFrom.Notification), Skipped(March, "closed")], March1, "skipped",
            "closed", "was closed before", "preapproval_closed", "charge_skipped");
        Explains(
            [.. Open, CloseRequested(), Skipped(March, "closing")], March1, "skipped", "closing",
            "not decided before the preapproval was to be closed", "close_requested", "charge_skipped");
        Explains(
            [.. Open, new ScheduleSuspended(Id, "declined_for_good", "operator", At(2, 20)), Skipped(
                March, "suspended"), new ScheduleResumed(Id, At(3, 9))],
            March1, "skipped", "suspended",
            "while charging was suspended, from 2026-02-20 12:00:00 UTC", "schedule_suspended", "charge_skipped");
    }

    // The pause began after it and the resumption came before the sweep: neither is named as the cause of the other.
    [Fact]
    public void a_pause_that_began_after_the_due_instant_explains_nothing()
    {
        Explains(
            [.. Open, new SchedulePaused(Id, At(3, 2))], March1, "overdue", null, "no decision is recorded yet",
            "schedule_set");
        Explains(
            [
                .. Open, new SchedulePaused(Id, At(2, 20)), new ScheduleResumed(Id, At(3, 9)),
                Skipped(March, "paused", At(3, 10))
            ],
            March1, "skipped", "paused",
            "while the schedule was paused, from 2026-02-20 12:00:00 UTC by storefront-30201 "
            + "until 2026-03-09 12:00:00 UTC.", "schedule_paused", "charge_skipped");
    }
}

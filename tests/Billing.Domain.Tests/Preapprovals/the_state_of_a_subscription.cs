using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// Of several that hold, the one further down: see SubscriptionState.Of.
public class the_state_of_a_subscription
{
    private static readonly PreapprovalEvent[] OnePeriod = [.. OpenWith(Monthly with { Periods = 1 }), Sent(March)];
    private static readonly PreapprovalEvent[] UntilApril =
        [.. OpenWith(Monthly with { EndsOn = new(2026, 4, 20) }), Sent(March), Charged(March)];
    private static readonly PreapprovalEvent[] Unpaid =
        [.. Open, Sent(March), Failed(March), NoMore(March, "attempts_used")];
    private static readonly PeriodSkipped AprilSkipped = new(Id, April.Period!.Value, Noon);

    public static TheoryData<string, string?, PreapprovalEvent[]> Table => new()
    {
        { "pending", "waits_for_gateway", [Requested()] },
        { "pending", "waits_for_customer", [Requested(), Registered()] },
        { "active", null, Open },
        { "active", "no_schedule", OpenWith(null) },
        { "active", null, [.. Open, Sent(March), Charged(March)] },
        { "active", null, OnePeriod },
        { "active", null, [.. OnePeriod, Pending(March)] },
        { "past_due", "retry_waits", [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2))] },
        {
            "past_due", "retry_under_way",
            [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2)), Sent(MarchAgain)]
        },
        { "past_due", "retries_exhausted", Unpaid },
        { "past_due", "retries_exhausted", [.. OnePeriod, Failed(March), NoMore(March, "attempts_used")] },
        { "paused", "paused_by_merchant", [.. Open, new SchedulePaused(Id, Noon)] },
        { "paused", "paused_by_merchant", [.. Unpaid, new SchedulePaused(Id, Noon)] },
        { "completed", "periods_used", [.. OnePeriod, Charged(March)] },
        { "completed", "periods_used", [.. OnePeriod, Charged(March), new SchedulePaused(Id, Noon)] },
        {
            "completed", "periods_used",
            [.. OnePeriod, Failed(March), NoMore(March, "attempts_used"), NoMore(March, "skipped")]
        },
        { "completed", "end_date_passed", [.. UntilApril, Sent(April), Charged(April)] },
        { "suspended", "declined_for_good", [.. Open, Suspended()] },
        { "suspended", "retries_exhausted", [.. Unpaid, Suspended(reason: "retries_exhausted")] },
        { "suspended", "retries_exhausted", [.. OnePeriod, Charged(March), Suspended(reason: "retries_exhausted")] },
        { "closing", "closed_by_merchant", [.. Unpaid, CloseRequested()] },
        { "closing", "dunning", [.. Unpaid, CloseRequested() with { Reason = "dunning" }] },
        { "past_due", "retries_exhausted",
            [.. Unpaid, CloseRequested() with { Reason = "dunning" }, new CloseFailed(Id, "12", null, Noon)] },
        { "closed", "closed_by_customer", [.. Unpaid, Closed(ClosedBy.Customer, LearntFrom.Notification)] },
        { "closed", "closed_by_merchant", [.. Open, CloseRequested(), Closed(ClosedBy.Merchant, LearntFrom.Answer)] },
        {
            "closed", "dunning",
            [.. Open, CloseRequested() with { Reason = "dunning" }, Closed(ClosedBy.Merchant, LearntFrom.Answer)]
        },
        { "closed", "refused", [Requested(), new PreapprovalRefused(Id, "114", null, Noon)] },
        { "closed", "abandoned", [Requested(), Registered(), new PreapprovalAbandoned(Id, Noon)] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void is_the_first_that_holds(string state, string? reason, PreapprovalEvent[] history) =>
        Given(history).Is(new SubscriptionState(state, reason), it => SubscriptionState.Of(it, At(3, 20)));

    [Fact]
    public void a_plan_whose_last_date_is_skipped_is_complete_once_that_date_has_passed()
    {
        Given(UntilApril, AprilSkipped).Is("active", it => SubscriptionState.Of(it, At(3, 31, 23)).Name);
        Given(UntilApril, AprilSkipped).Is("completed", it => SubscriptionState.Of(it, At(4, 1, 0)).Name);
    }
}

using Billing.Domain.Preapprovals;
using Billing.Domain.Reports;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Reports;

public class the_recurring_revenue_of_a_subscription
{
    private static readonly ScheduleChangePlanned Dearer = new(
        Id, Set().Schedule with { Revision = 2, Amount = new(5990, "BRL"), FirstDueOn = new(2026, 5, 1) },
        new(2026, 5, 1), At(5, 1, 0), null, At(3, 10));

    [Fact]
    public void rises_on_the_day_of_a_planned_change() =>
        AssertSteps([.. Open, Dearer], (At(3, 1, 12), 4990), (At(5, 1, 0), 5990));

    [Fact]
    public void stays_when_a_planned_change_is_taken_back() => AssertSteps(
        [.. Open, Dearer, new PlannedChangeCancelled(Id, 2, "cancelled", At(4, 1))], (At(3, 1, 12), 4990));

    [Fact]
    public void is_nothing_in_a_pause_and_comes_back_on_its_last_day() => AssertSteps(
        [
            .. Open, new SchedulePaused(Id, At(3, 10)),
            new PauseTermsSet(Id, new(2026, 6, 1), At(6, 1, 0), false, At(3, 10)),
        ],
        (At(3, 1, 12), 4990), (At(3, 10), 0), (At(6, 1, 0), 4990));

    [Fact]
    public void stays_in_a_pause_that_collects_what_falls_due() => AssertSteps(
        [.. Open, new SchedulePaused(Id, At(3, 10)), new PauseTermsSet(Id, null, null, true, At(3, 10))],
        (At(3, 1, 12), 4990));

    [Fact]
    public void ends_later_by_the_periods_that_a_pause_leaves_out() => AssertSteps(
        [
            .. OpenWith(Monthly with { Periods = 2 }), new SchedulePaused(Id, At(2, 20)),
            new PauseTermsSet(Id, new(2026, 5, 1), At(5, 1, 0), false, At(2, 20)),
        ],
        (At(5, 1, 0), 4990), (At(7, 1, 0), 0));

    [Fact]
    public void is_nothing_once_charging_is_suspended_whatever_is_planned() => AssertSteps(
        [.. Open, Dearer, new ScheduleSuspended(Id, "declined_for_good", "operator", At(3, 20))],
        (At(3, 1, 12), 4990), (At(3, 20), 0));

    private static void AssertSteps(
        PreapprovalEvent[] history, params (DateTimeOffset At, long MonthlyMinor)[] expected) =>
        Assert.Equal(expected, RevenueSteps.Of(history).Steps.Select(step => (step.At, step.MonthlyMinor)));
}

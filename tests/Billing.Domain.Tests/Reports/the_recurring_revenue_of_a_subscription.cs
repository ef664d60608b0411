using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Reports;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Specs;
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
    [Theory]
    [InlineData(4990, 1, ScheduleUnit.Month, 4990)]
    [InlineData(1000, 3, ScheduleUnit.Month, 333)]
    [InlineData(999, 2, ScheduleUnit.Month, 500)]
    [InlineData(12_000, 1, ScheduleUnit.Year, 1000)]
    [InlineData(12_006, 1, ScheduleUnit.Year, 1001)]
    [InlineData(1200, 1, ScheduleUnit.Week, 5200)]
    [InlineData(100, 1, ScheduleUnit.Day, 3042)]
    [InlineData(999_999_999_999, 1, ScheduleUnit.Day, 30_416_666_666_636)]
    public void is_the_price_of_a_month(long minor, int every, ScheduleUnit unit, long monthly) =>
        Assert.Equal(monthly, MonthlyPrice.Of(minor, every, unit));

    [Fact]
    public void begins_when_the_trial_ends() => Assert.Equal(
        [new(At(5, 1, 0), "BRL", 4990, false)],
        StepsOf([.. OpenWith(Monthly with { FirstDueOn = new(2026, 5, 1) })]));

    [Fact]
    public void of_a_trial_that_is_not_taken_up_there_is_none() => Assert.Empty(
        StepsOf(
        [
            .. OpenWith(Monthly with { FirstDueOn = new(2026, 5, 1) }),
            Closed(ClosedBy.Customer, LearntFrom.Notification, At(4, 2)),
        ]));

    [Fact]
    public void rests_during_a_pause_and_ends_with_the_mandate() => Assert.Equal(
        [
            new(Noon, "BRL", 4990, false), new(At(3, 5), "BRL", 0, true), new(At(4, 5), "BRL", 4990, false),
            new(At(6, 5), "BRL", 0, false),
        ],
        StepsOf(
        [
            .. Open, new SchedulePaused(Id, At(3, 5)), new ScheduleResumed(Id, At(4, 5)),
            Closed(ClosedBy.Merchant, LearntFrom.Answer, At(6, 5)),
        ]));

    [Fact]
    public void ends_with_the_date_that_a_plan_does_not_charge_any_more()
    {
        Assert.Equal(
            [new(Noon, "BRL", 4990, false), new(At(6, 1, 0), "BRL", 0, false)],
            StepsOf([.. OpenWith(Monthly with { Periods = 3 })]));
        Assert.Equal(
            [new(Noon, "BRL", 4990, false), new(At(7, 1, 0), "BRL", 0, false)],
            StepsOf(
            [
                .. OpenWith(Monthly with { Periods = 3 }), new PeriodSkipped(Id, new(new(2026, 4, 1)), At(3, 2)),
            ]));
        Assert.Equal(
            [new(Noon, "BRL", 4990, false), new(At(5, 1, 0), "BRL", 0, false)],
            StepsOf([.. OpenWith(Monthly with { EndsOn = new(2026, 4, 20) })]));
    }

    [Fact]
    public void is_sorted_into_what_changed_it()
    {
        var months = new RevenueMonths(new(2026, 3, 1), 5, At(7, 20));
        months.Add([new(At(3, 1), "BRL", 100, false), new(At(4, 1), "BRL", 150, false), new(At(5, 9), "BRL", 0, true),
            new(At(6, 1), "BRL", 120, false), new(At(7, 1), "BRL", 0, false)]);
        months.Add([new(At(4, 3), "BRL", 70, false), new(At(5, 1), "EUR", 60, false), new(At(8, 1), "EUR", 9, false)]);

        Assert.Equal(
            [
                new() { Level = 100, Subscriptions = 1, New = 100 },
                new() { Level = 220, Subscriptions = 2, New = 70, Expanded = 50 },
                new() { Contracted = -70, Paused = -150 },
                new() { Level = 120, Subscriptions = 1, Reactivated = 120 },
                new() { Ended = -120 },
            ],
            months.Rows.Where(row => row.Currency == "BRL").Select(row => row.Revenue));
        Assert.Equal(
            [
                default, default, new() { Level = 60, Subscriptions = 1, Expanded = 60 },
                new() { Level = 60, Subscriptions = 1 }, new() { Level = 60, Subscriptions = 1 },
            ],
            months.Rows.Where(row => row.Currency == "EUR").Select(row => row.Revenue));
    }

    [Fact]
    public void of_an_import_begins_at_once_where_the_period_was_charged_before_and_is_not_new()
    {
        PreapprovalEvent[] imported =
        [
            new RecoveredFromGateway(Id, Shown(MandateStatus.Open).Gateway, Terms, Personal, Noon),
            Opened(), new SubscriptionImported(Id, Id, 1, 3, new(300, "BRL"), Noon),
        ];
        var goesOn = Set(Monthly with { FirstDueOn = new(2026, 1, 15) });
        var inTrial = Set(Monthly with { FirstDueOn = new(2026, 4, 15) });
        goesOn = goesOn with { Schedule = goesOn.Schedule with { FirstDueOn = new(2026, 4, 15) } };
        var months = new RevenueMonths(new(2026, 3, 1), 3, At(5, 20));
        months.Add(StepsOf([.. imported, goesOn, Closed(ClosedBy.Customer, LearntFrom.Notification, At(5, 2))]));
        months.Add(StepsOf([.. imported, inTrial]));

        Assert.Equal([new(Noon, "BRL", 4990, false, true)], StepsOf([.. imported, goesOn]));
        Assert.Equal([new(At(4, 15, 0), "BRL", 4990, false, true)], StepsOf([.. imported, inTrial]));
        Assert.Equal(
            [
                new() { Level = 4990, Subscriptions = 1, Imported = 4990 },
                new() { Level = 9980, Subscriptions = 2, Imported = 4990 },
                new() { Level = 4990, Subscriptions = 1, Ended = -4990 },
            ],
            months.Rows.Select(row => row.Revenue));
    }

    private static IReadOnlyList<RevenueStep> StepsOf(PreapprovalEvent[] events) => RevenueSteps.Of(events).Steps;
}

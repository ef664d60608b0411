using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Explanations.Timeline;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Explanations;

[Keeps(Promise.NothingDueIsForgotten)]
public class the_proof_of_due_dates
{
    private static readonly PreapprovalEvent[] UntilMay =
        [.. Open, Sent(March), Charged(March), Skipped(April, "paused"), Sent(May), Charged(May)];

    [Fact]
    public void holds_where_each_has_one_outcome() => Proves(UntilMay, At(5, 20), "");

    [Fact]
    public void names_one_that_was_forgotten() =>
        Proves([.. Open, Sent(March), Charged(March), Sent(May), Charged(May)], At(5, 20), "2026-04-01 0");

    [Fact]
    public void names_one_that_was_decided_twice() =>
        Proves([.. UntilMay, Skipped(April, "superseded")], At(5, 20), "2026-04-01 2");

    [Fact]
    public void names_one_that_was_skipped_and_charged() => Proves(
        [.. Open, new PeriodSkipped(Id, March.Period!.Value, At(2, 1)), Sent(March), Charged(March)], At(3, 20),
        "2026-03-01 2");

    [Fact]
    public void leaves_what_falls_due_next_to_the_sweep() => Proves(Open, At(5, 20), "");

    [Fact]
    public void leaves_what_waits_for_a_charge_in_flight() =>
        Proves([.. Open, Sent(March), Unknown(March), Deferred(April, March, At(4, 1))], At(6, 20), "");

    [Fact]
    public void leaves_what_a_change_made_due_while_an_older_date_waits()
    {
        var weekly =
            Scheduling.Schedules.Monthly(new(2026, 4, 5)) with { Unit = Billing.Domain.Scheduling.ScheduleUnit.Week };
        var set = new ScheduleSet(
            Id, Billing.Domain.Scheduling.Schedule.Resolve(weekly, 2, At(4, 1), SiteZone, null), At(4, 1));

        Proves([.. Open, Sent(March), Unknown(March), Deferred(April, March, At(4, 1)), set], At(4, 20), "");
    }

    [Fact]
    public void owes_no_date_of_a_plan_that_is_complete_and_each_one_that_was_due_before_a_change()
    {
        PreapprovalEvent[] once = [.. OpenWith(Monthly with { Periods = 1 }), Sent(March), Charged(March)];
        var later = Scheduling.Schedules.Monthly(new(2026, 6, 1));

        Proves(once, At(5, 20), "");
        Proves(
            [.. Open, new ScheduleSet(
                Id, Billing.Domain.Scheduling.Schedule.Resolve(later, 2, At(3, 20), SiteZone, null),
                At(3, 20)), Sent(Due(6)), Charged(Due(6))], At(6, 2), "2026-03-01 0");
    }

    [Fact]
    public void counts_what_a_change_and_a_close_skip()
    {
        var later = Scheduling.Schedules.Monthly(new(2026, 6, 1));
        var set = new ScheduleSet(
            Id, Billing.Domain.Scheduling.Schedule.Resolve(later, 2, At(4, 20), SiteZone, null), At(4, 20));

        Proves([.. Open, Sent(March), Charged(March), Skipped(April, "paused", At(4, 20)), set], At(6, 1), "");
        Proves([.. Open, Sent(March), Charged(March), set], At(5, 20), "");
        Proves([.. Open, Sent(March), Charged(March), set, Sent(Due(6)), Charged(Due(6))], At(6, 20), "2026-04-01 0");
        Proves(
            [
                .. Open, Sent(March), Charged(March), Closed(ClosedBy.Customer, LearntFrom.Notification, At(4, 20)),
                Skipped(April, "closed", At(4, 20))
            ], At(5, 20), "");
        Proves(
            [.. Open, Sent(March), Charged(March), Closed(ClosedBy.Customer, LearntFrom.Notification, At(4, 20))],
            At(5, 20), "2026-04-01 0");
    }

    private static void Proves(PreapprovalEvent[] history, DateTimeOffset now, string findings) =>
        Assert.Equal(
            findings,
            string.Join(
                ", ",
                DueProof.Of(Story(history), now).Select(finding => $"{finding.DueOn:yyyy-MM-dd} {finding.Outcomes}")));
}

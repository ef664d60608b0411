using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Preapprovals.Revisions;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_the_interval_of_a_schedule_changes
{
    private static readonly ChargeId OnThe31st = ChargeId.Scheduled(
        GatewayId, new Period(new DateOnly(2026, 3, 31)), 1);

    [Theory]
    [InlineData(ScheduleUnit.Year, 1, ScheduleUnit.Month, 1, "2027-03-01")]
    [InlineData(ScheduleUnit.Month, 1, ScheduleUnit.Year, 1, "2026-04-01")]
    [InlineData(ScheduleUnit.Month, 1, ScheduleUnit.Week, 1, "2026-04-01")]
    [InlineData(ScheduleUnit.Month, 3, ScheduleUnit.Month, 1, "2026-06-01")]
    [InlineData(ScheduleUnit.Month, 1, ScheduleUnit.Month, 3, "2026-04-01")]
    [InlineData(ScheduleUnit.Month, 2, ScheduleUnit.Month, 1, "2026-05-01")]
    public void a_new_interval_begins_with_the_next_date_of_the_old_one(
        ScheduleUnit from, int every, ScheduleUnit to, int thenEvery, string begins)
    {
        PreapprovalEvent[] paid =
            [.. OpenWith(Monthly with { Unit = from, Every = every }), Sent(March), Charged(March)];

        Given(paid, RevisionOf(Monthly with { Unit = to, Every = thenEvery }, paid))
            .Is(begins, it => $"{it.NextDue!.Period.DueOn:O}");
    }

    [Fact]
    public void a_trial_is_not_cut_short_by_a_change()
    {
        var inTrial = OpenWith(Monthly with { FirstDueOn = new(2026, 6, 10) });

        Given(inTrial, RevisionOf(Monthly with { Unit = ScheduleUnit.Year, FirstDueOn = null }, inTrial))
            .Is("2026-06-10", it => $"{it.NextDue!.Period.DueOn:O}");
    }

    [Fact]
    public void the_31st_is_kept_where_every_second_month_begins_in_a_short_one()
    {
        PreapprovalEvent[] ends =
            [.. OpenWith(Monthly with { FirstDueOn = new(2026, 3, 31) }), Sent(OnThe31st), Charged(OnThe31st)];
        var set = RevisionOf(Monthly with { Every = 2, FirstDueOn = null }, ends, At(4, 10));

        Given(ends, set).Is(
            "2026-04-30 2026-06-30 2026-08-31",
            it => string.Join(' ', it.Undecided.Take(3).Select(due => $"{due.On:O}")));
    }

    [Fact]
    public void in_another_zone_no_local_date_is_charged_twice_or_left_out()
    {
        // Paid on 1 March of Sao Paulo; in Apia that day was over already.
        PreapprovalEvent[] paid = [
            .. OpenWith(Monthly with { Unit = ScheduleUnit.Day, TimeZone = "America/Sao_Paulo" }), Sent(March),
            Charged(March)
        ];
        var set = RevisionOf(
            Monthly with { Unit = ScheduleUnit.Day, TimeZone = "Pacific/Apia", FirstDueOn = null }, paid, At(3, 1, 20));

        Given(paid, set).Is(("2026-03-02", At(3, 1, 20)), it => ($"{it.NextDue!.Period.DueOn:O}", it.NextDue.DueAt));
    }
}

using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_due_dates_were_missed
{
    private static readonly DateTimeOffset MidMay = At(5, 15);
    private static readonly DateTimeOffset OnMayDay = At(5, 1);

    [Fact]
    public void bill_all_charges_the_oldest_first_and_the_next_one_after_it()
    {
        var open = OpenWith(Monthly with { CatchUp = CatchUp.BillAll });

        Given(open).When(it => ChargeDue(it, March.Period!.Value, 1, MidMay)).ThenOnce(Sent(March, MidMay));
        Given(open, Sent(March, MidMay), Charged(March)).When(it => ChargeDue(it, April.Period!.Value, 1, MidMay))
            .ThenOnce(Sent(April, MidMay));
        Given(open, Sent(March, MidMay)).When(it => ChargeDue(it, April.Period!.Value, 1, MidMay))
            .Then(Deferred(April, March, MidMay));
    }

    [Fact]
    public void latest_only_skips_what_was_superseded_and_charges_the_latest() =>
        Given(OpenWith(Monthly with { CatchUp = CatchUp.LatestOnly }))
            .When(it => ChargeDue(it, March.Period!.Value, 1, MidMay))
            .Then(Skipped(March, "superseded", MidMay), Skipped(April, "superseded", MidMay), Sent(May, MidMay));

    [Fact]
    public void latest_only_is_the_rule_when_none_was_named() =>
        Given(Open)
            .When(it => ChargeDue(it, March.Period!.Value, 1, At(4, 1)))
            .Then(Skipped(March, "superseded", At(4, 1)), Sent(April, At(4, 1)));

    [Fact]
    public void latest_only_still_defers_the_latest_behind_one_in_flight() =>
        Given(Open, Sent(March), Unknown(March))
            .When(it => ChargeDue(it, April.Period!.Value, 1, MidMay))
            .Then(Skipped(April, "superseded", MidMay), Deferred(May, March, MidMay));

    [Fact]
    public void skip_lets_everything_go_that_is_more_than_a_day_late() =>
        Given(OpenWith(Monthly with { CatchUp = CatchUp.Skip }))
            .When(it => ChargeDue(it, March.Period!.Value, 1, MidMay))
            .Then(Skipped(March, "missed", MidMay), Skipped(April, "missed", MidMay), Skipped(May, "missed", MidMay));

    [Fact]
    public void skip_charges_what_is_at_most_a_day_late() =>
        Given(OpenWith(Monthly with { CatchUp = CatchUp.Skip }))
            .When(it => ChargeDue(it, March.Period!.Value, 1, OnMayDay))
            .Then(Skipped(March, "missed", OnMayDay), Skipped(April, "missed", OnMayDay), Sent(May, OnMayDay));

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    public void a_day_is_24_hours(int minute, int second, bool isCharged)
    {
        var late = At(3, 2, 0, minute).AddSeconds(second);

        Given(OpenWith(Monthly with { CatchUp = CatchUp.Skip }))
            .When(it => ChargeDue(it, March.Period!.Value, 1, late))
            .Then(isCharged ? Sent(March, late) : Skipped(March, "missed", late));
    }

    [Fact]
    public void a_pause_explains_them_all() =>
        Given(Open, new SchedulePaused(Id, At(2, 20)))
            .When(it => ChargeDue(it, March.Period!.Value, 1, MidMay))
            .Then(Skipped(March, "paused", MidMay), Skipped(April, "paused", MidMay), Skipped(May, "paused", MidMay));

    [Fact]
    public void years_of_silence_are_decided_in_bounded_steps()
    {
        var daily = OpenWith(Monthly with { Unit = ScheduleUnit.Day, CatchUp = CatchUp.Skip });
        var later = new DateTimeOffset(2028, 3, 1, 12, 0, 0, TimeSpan.Zero);

        Given(daily).Is((400, new DateOnly(2027, 4, 5)), it =>
        {
            var events = ChargeDue(it, March.Period!.Value, 1, later);
            return (events.Length, events.Aggregate(it, Preapproval.Fold).NextDue!.Period.DueOn);
        });
    }

    [Fact]
    public void a_schedule_that_ended_meanwhile_still_says_what_became_of_its_last_date() =>
        Given(OpenWith(Monthly with { EndsOn = new DateOnly(2026, 4, 30) }))
            .When(it => ChargeDue(it, March.Period!.Value, 1, MidMay))
            .Then(Skipped(March, "superseded", MidMay), Sent(April, MidMay));
}

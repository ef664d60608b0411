using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_skipping_a_period
{
    private static readonly DateOnly OnApril1 = new(2026, 4, 1);
    private static readonly DateOnly OnMay1 = new(2026, 5, 1);
    private static readonly PreapprovalEvent[] Charged1 = [.. Open, Sent(March), Charged(March)];

    [Fact]
    public void it_is_the_one_that_was_named() =>
        Given(Charged1).When(it => SkipPeriod(it, OnMay1, Noon)).Then(SkippedByMerchant(OnMay1));

    [Fact]
    public void it_is_the_next_one_when_none_was_named_also_when_the_call_is_repeated() =>
        Given(Charged1).When(it => SkipPeriod(it, null, Noon)).Then(SkippedByMerchant(OnApril1));

    [Fact]
    public void the_one_after_it_is_due_next() =>
        Given(Charged1, SkippedByMerchant(OnApril1)).Is(OnMay1, it => it.NextDue!.Period.DueOn);

    [Fact]
    public void taken_back_in_time_it_is_due_again() =>
        Given(Charged1, SkippedByMerchant(OnApril1)).When(it => ReinstatePeriod(it, null, At(3, 31, 23, 59)))
            .Then(Reinstated(OnApril1, At(3, 31, 23, 59)));

    [Fact]
    public void what_was_taken_back_is_charged() =>
        Given(Charged1, SkippedByMerchant(OnApril1), Reinstated(OnApril1, Noon))
            .When(it => ChargeDue(it, April.Period!.Value, 1, At(4, 1)))
            .Then(Sent(April, At(4, 1)));

    [Fact]
    public void there_is_nothing_to_take_back_of_one_that_was_not_skipped() =>
        Given(Charged1).When(it => ReinstatePeriod(it, OnMay1, Noon)).ThenNothing();

    [Fact]
    public void one_that_waits_for_another_attempt_is_given_up() =>
        Given(Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 2)))
            .When(it => SkipPeriod(it, March.Period!.Value.DueOn, Noon))
            .ThenOnce(NoMore(March, "skipped", 0));

    [Fact]
    public void it_is_too_late_once_its_day_has_begun()
    {
        var midnight = At(4, 1, 0);

        Given(Charged1).When(it => SkipPeriod(it, OnApril1, midnight)).ThenRefused("period_due_already");
        Given(Charged1).When(it => SkipPeriod(it, OnApril1, midnight.AddTicks(-1)))
            .Then(SkippedByMerchant(OnApril1, midnight.AddTicks(-1)));
        Given(Charged1, SkippedByMerchant(OnApril1)).When(it => ReinstatePeriod(it, OnApril1, midnight))
            .ThenRefused("period_due_already");
        Given(Charged1).When(it => SkipPeriod(it, March.Period!.Value.DueOn, Noon)).ThenRefused("period_due_already");
    }

    [Fact]
    public void the_day_begins_in_the_zone_of_the_schedule()
    {
        var inSaoPaulo = OpenWith(Monthly with { TimeZone = "America/Sao_Paulo" });

        Given(inSaoPaulo, Sent(March), Charged(March)).When(it => SkipPeriod(it, OnApril1, At(4, 1, 2, 59)))
            .Then(SkippedByMerchant(OnApril1, At(4, 1, 2, 59)));
        Given(inSaoPaulo, Sent(March), Charged(March)).When(it => SkipPeriod(it, OnApril1, At(4, 1, 3)))
            .ThenRefused("period_due_already");
    }

    [Fact]
    public void where_the_site_charges_later_in_the_day_there_is_time_until_then()
    {
        PreapprovalEvent[] atTwo = [
            .. Open, new DueTimeSet(Id, 1, 14 * 3_600_000, new DateOnly(2026, 3, 1), Noon), Sent(March), Charged(March)
        ];

        Given(atTwo).When(it => SkipPeriod(it, null, At(4, 1, 13))).Then(SkippedByMerchant(OnApril1, At(4, 1, 13)));
        Given(atTwo).When(it => SkipPeriod(it, OnApril1, At(4, 1, 14))).ThenRefused("period_due_already");
        Given(atTwo).When(it => SkipPeriod(it, null, At(4, 1, 14))).Then(SkippedByMerchant(OnMay1, At(4, 1, 14)));
    }

    [Fact]
    public void it_has_to_be_a_due_date_of_a_running_schedule()
    {
        Given(Charged1).When(it => SkipPeriod(it, new DateOnly(2026, 4, 2), Noon)).ThenRefused("not_a_due_date");
        Given(Charged1).When(it => SkipPeriod(it, DateOnly.MinValue, Noon)).ThenRefused("not_a_due_date");
        Given(OpenWith(Monthly with { Periods = 1 }), Sent(March)).When(it => SkipPeriod(it, null, Noon))
            .ThenRefused("nothing_due");
        Given(OpenWith(Monthly with { Periods = 1 }), Sent(March)).When(it => SkipPeriod(it, OnApril1, Noon))
            .ThenRefused("not_a_due_date");
        Given(OpenWith(null)).When(it => SkipPeriod(it, null, Noon)).ThenRefused("no_schedule");
        Given(Charged1, CloseRequested()).When(it => ReinstatePeriod(it, null, Noon)).ThenRefused("no_schedule");
    }

    [Fact]
    public void a_skipped_period_is_none_of_the_number_of_periods() =>
        Given(OpenWith(Monthly with { Periods = 2 }), Sent(March), Charged(March), SkippedByMerchant(OnApril1))
            .Is((OnMay1, 1), it => (it.NextDue!.Period.DueOn, it.PeriodsLeft));

    [Fact]
    public void one_that_was_missed_is_not_superseded_by_one_that_was_skipped() =>
        Given(Open, SkippedByMerchant(OnApril1)).When(it => ChargeDue(it, March.Period!.Value, 1, At(4, 15)))
            .Then(Sent(March, At(4, 15)));

    [Fact]
    public void a_schedule_set_after_its_day_has_passed_starts_after_it() =>
        Given(
            Charged1, SkippedByMerchant(OnApril1),
            ChangeRequested(Monthly with { FirstDueOn = new(2026, 3, 20) }, At(4, 2)))
            .When(it => RecordChange(
                it, Confirmed(Gateway.MandateStatus.Open, Dearer), true, LearntFrom.Answer, LookUps, SiteZone,
                At(4, 2)))
            .ThenOnce(
                Changed(at: At(4, 2)),
                new ScheduleSet(
                    Id,
                    Schedule.Resolve(Monthly with { FirstDueOn = new(2026, 3, 20) }, 2, At(4, 2), SiteZone, OnApril1),
                    At(4, 2)));

    private static PeriodSkipped SkippedByMerchant(DateOnly dueOn, DateTimeOffset? at = null) =>
        new(Id, new Period(dueOn), at ?? Noon);

    private static PeriodReinstated Reinstated(DateOnly dueOn, DateTimeOffset at) => new(Id, new Period(dueOn), at);
}

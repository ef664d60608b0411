using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

/// <summary>PreapprovedFrequency: the customer is not charged more often than the gateway says was approved.</summary>
public class when_a_mandate_states_a_frequency
{
    private static readonly ScheduleTerms Weekly = Monthly with { Unit = ScheduleUnit.Week };

    private static readonly MethodProfiles Ignoring = MethodProfiles.BuiltIn.With(
        [MethodProfiles.BuiltIn.Of(46) with { ObeysFrequency = false }]);

    [Theory]
    [InlineData(null, 1, ScheduleUnit.Day, false)]
    [InlineData("daily", 1, ScheduleUnit.Day, false)]
    [InlineData("fortnightly", 1, ScheduleUnit.Day, false)]
    [InlineData("weekly", 6, ScheduleUnit.Day, true)]
    [InlineData("weekly", 7, ScheduleUnit.Day, false)]
    [InlineData("Weekly", 1, ScheduleUnit.Week, false)]
    [InlineData("monthly", 30, ScheduleUnit.Day, true)]
    [InlineData("monthly", 31, ScheduleUnit.Day, false)]
    [InlineData("Monthly", 4, ScheduleUnit.Week, true)]
    [InlineData("monthly", 5, ScheduleUnit.Week, false)]
    [InlineData("monthly", 1, ScheduleUnit.Month, false)]
    [InlineData("monthly", 1, ScheduleUnit.Year, false)]
    public void a_schedule_is_compared_with_it(string? frequency, int every, ScheduleUnit unit, bool isMore) =>
        Assert.Equal(isMore, MandateLimits.IsMoreOftenThan(frequency, every, unit));

    [Fact]
    public void a_change_to_more_often_is_refused()
    {
        Given(Approved("monthly"))
            .When(it => ChangeSchedule(it, new(Unit: ScheduleUnit.Week), null, null, SiteZone, Noon))
            .ThenRefused("frequency_exceeded");
        Given(Approved("monthly")).When(it => RequestChange(it, Dearer, Personal, Weekly, null, Noon))
            .ThenRefused("frequency_exceeded");
        Given(Approved("monthly")).When(it => RequestChange(it, Dearer, Personal, Monthly, null, Noon))
            .ThenOnce(ChangeRequested(Monthly));
        Given(Approved("onetime")).When(it => RequestChange(it, Dearer, Personal, Weekly, null, Noon))
            .ThenRefused("frequency_exceeded");
    }

    [Fact]
    public void where_it_was_learnt_later_the_dates_are_skipped_and_it_is_shown()
    {
        Given(Approved("monthly", Weekly)).When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .Then(Skipped(March, "frequency_exceeded"));
        Given(Approved("monthly", Weekly)).When(it => ChargeDue(it, March.Period!.Value, 1, Noon, Ignoring))
            .Then(Sent(March));
        Assert.Equal(
            Noon,
            Approved("monthly", Weekly).Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!.TooOftenSince);
    }

    [Fact]
    public void one_time_is_one_period()
    {
        Given(Approved("onetime")).When(it => ChargeDue(it, March.Period!.Value, 1, Noon)).Then(Sent(March));
        Given(Approved("onetime"), Sent(March), Charged(March))
            .When(it => ChargeDue(it, April.Period!.Value, 1, At(4, 1)))
            .Then(Skipped(April, "frequency_exceeded", At(4, 1)));
    }

    [Fact]
    public void an_answer_that_does_not_state_it_takes_it_not_away() =>
        Given(Approved("monthly"), ChangeRequested(), Changed())
            .Is("monthly", it => it.Gateway!.Frequency);

    private static PreapprovalEvent[] Approved(string frequency, ScheduleTerms? schedule = null) =>
    [
        Requested(schedule ?? Monthly),
        Registered() with { Gateway = Shown(MandateStatus.Pending).Gateway with { Frequency = frequency } }, Opened(),
        Set(schedule),
    ];
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_a_schedule_changes
{
    private static readonly ScheduleTerms Cheaper = Monthly with { AmountMinor = 2990, FirstDueOn = null };
    private static readonly ScheduleTerms OnThe15th = Monthly with { FirstDueOn = new(2026, 3, 15) };
    private static readonly DateTimeOffset Later = At(3, 20);

    [Fact]
    public void its_first_due_date_lies_strictly_after_every_decided_one_and_the_anchor_stays() =>
        Given(Open, Sent(March), Charged(March), ChangeRequested(Cheaper))
            .When(it => Answered(it))
            .Then(Changed(at: Later), Revised(Cheaper with { FirstDueOn = Monthly.FirstDueOn, TimeZone = "UTC" }, firstDueOn: new(2026, 4, 1)));

    [Theory]
    [InlineData("skipped")]
    [InlineData("failed")]
    [InlineData("unknown")]
    public void a_date_is_decided_whatever_came_of_it(string fate)
    {
        PreapprovalEvent[] decided = fate switch
        {
            "skipped" => [Skipped(March, "paused")],
            "failed" => [Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 25))],
            _ => [Sent(March), Unknown(March)],
        };

        Given(Open, [.. decided, ChangeRequested(Monthly)])
            .When(it => Answered(it))
            .Then(Changed(at: Later), Revised(Monthly with { TimeZone = "UTC" }, firstDueOn: new(2026, 4, 1)));
    }

    [Fact]
    public void a_period_not_yet_requested_is_charged_by_the_new_one()
    {
        var asked = Monthly with { AmountMinor = 2990, TimeZone = "UTC" };
        PreapprovalEvent[] revised = [.. Open, ChangeRequested(asked), Changed(), Revised(asked, firstDueOn: new(2026, 3, 1))];
        var period = new Period(new DateOnly(2026, 3, 1));

        Given(Open, ChangeRequested(asked)).When(it => Answered(it)).Then(Changed(at: Later), Revised(asked, firstDueOn: new(2026, 3, 1)));
        Given(revised)
            .When(it => ChargeDue(it, period, 1, Later))
            .Then(Sent(March, Later) with { Charge = ChargeId.Scheduled(GatewayId, period, 1), Amount = new(2990, "BRL"), ScheduleRevision = 2 });
    }

    [Fact]
    public void a_day_already_due_that_it_leaves_out_is_skipped_with_that_reason()
    {
        var asked = OnThe15th with { TimeZone = "UTC" };

        Given(Open, ChangeRequested(asked))
            .When(it => Answered(it))
            .Then(Changed(at: Later), Skipped(March, "schedule_changed", Later), Revised(asked, firstDueOn: new(2026, 3, 15)));

        Given(Open, Sent(Due(3)), Unknown(Due(3)), ChangeRequested(asked with { FirstDueOn = new(2026, 4, 15) }, At(4, 2)))
            .When(it => RecordChange(it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, At(4, 2)))
            .Then(
                Changed(at: At(4, 2)),
                Skipped(April, "schedule_changed", At(4, 2)),
                Revised(asked with { FirstDueOn = new(2026, 4, 15) }, firstDueOn: new(2026, 4, 15), At(4, 2)));
    }

    [Fact]
    public void a_date_that_the_merchant_skipped_stays_skipped()
    {
        var skipped = new PeriodSkipped(Id, April.Period!.Value, Noon);
        var revised = Revised(Monthly with { TimeZone = "UTC" }, firstDueOn: new(2026, 4, 1));

        Given([.. Open, Sent(March), Charged(March), skipped], revised).Is(new DateOnly(2026, 5, 1), it => it.NextDue?.Period.DueOn);
    }

    [Fact]
    public void a_change_without_a_schedule_leaves_it() =>
        Given(Open, ChangeRequested(null)).When(it => Answered(it)).Then(Changed(at: Later));

    [Fact]
    public void a_change_that_may_or_may_not_have_happened_changes_no_schedule_yet() =>
        Given(Open, ChangeRequested(Cheaper), Unknown(MandateOperation.Change, "timeout", Noon)).Is((1, 4990L), it => (it.Schedule!.Revision, it.Schedule.Amount.Minor));

    [Fact]
    public void a_refused_one_never_takes_effect() =>
        Given(Requested(), Registered(), ChangeRequested(OnThe15th), new ChangeFailed(Id, "114", null, Noon))
            .When(it => RecordMandate(it, Shown(MandateStatus.Open), [], LearntFrom.Notification, SiteZone, Noon))
            .Then(Opened(), Set());

    [Fact]
    public void before_the_opening_what_was_asked_for_last_is_set_at_the_opening() =>
        Given(Requested(), Registered(), ChangeRequested(OnThe15th), Changed(status: MandateStatus.Pending))
            .When(it => RecordMandate(it, Shown(MandateStatus.Open), [], LearntFrom.Notification, SiteZone, Noon))
            .Then(Opened(), Set(OnThe15th));

    [Fact]
    public void an_answer_that_shows_the_opening_sets_what_was_asked_for_last() =>
        Given(Requested(), Registered(), ChangeRequested(OnThe15th))
            .When(it => Answered(it))
            .Then(Changed(at: Later), Opened(LearntFrom.Answer, at: Later), Set(OnThe15th, Later));

    [Fact]
    public void a_change_that_the_opening_overtook_becomes_the_second_revision() =>
        Given(Requested(), Registered(), ChangeRequested(OnThe15th with { TimeZone = "UTC" }, At(2, 20)), Opened(at: At(2, 21)), Set(at: At(2, 21)))
            .When(it => RecordChange(it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, At(2, 22)))
            .Then(Changed(at: At(2, 22)), Revised(OnThe15th with { TimeZone = "UTC" }, firstDueOn: new(2026, 3, 15), At(2, 22)));

    [Fact]
    public void a_schedule_may_begin_where_there_was_none() =>
        Given(OpenWith(null), ChangeRequested(OnThe15th with { TimeZone = "UTC" }))
            .When(it => Answered(it))
            .Then(Changed(at: Later), Set(OnThe15th with { TimeZone = "UTC" }, Later));

    private static PreapprovalEvent[] Answered(Preapproval it) =>
        RecordChange(it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, Later);

    private static ScheduleSet Revised(ScheduleTerms terms, DateOnly firstDueOn, DateTimeOffset? at = null) =>
        new(Id, Schedule.Resolve(terms, 2, Later, SiteZone, null) with { FirstDueOn = firstDueOn }, at ?? Later);
}

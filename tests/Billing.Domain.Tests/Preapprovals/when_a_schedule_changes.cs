using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Preapprovals.Revisions;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_a_schedule_changes
{
    private static readonly ScheduleTerms Cheaper = Monthly with { AmountMinor = 2990, FirstDueOn = null };
    private static readonly ScheduleTerms OnThe15th = Monthly with { FirstDueOn = new(2026, 3, 15) };

    [Fact]
    public void its_first_due_date_lies_strictly_after_every_decided_one_and_the_anchor_stays() =>
        Given(Open, Sent(March), Charged(March), ChangeRequested(Cheaper))
            .When(it => Answered(it))
            .Then(
                Changed(at: Later),
                Revised(
                    Cheaper with { FirstDueOn = Monthly.FirstDueOn, TimeZone = "UTC" }, firstDueOn: new(2026, 4, 1)));

    [Fact]
    public void it_is_left_out_where_an_older_revision_was_read()
    {
        PreapprovalEvent[] revised =
            [.. Open, ChangeRequested(Cheaper), Changed(), Revised(Cheaper, firstDueOn: new(2026, 3, 1))];

        Given(revised).Is(null, it => ScheduleMeant(it, Monthly, 1, Noon));
        Given(revised).Is(Monthly, it => ScheduleMeant(it, Monthly, 2, Noon));
        Given(revised).Is(Monthly, it => ScheduleMeant(it, Monthly, null, Noon));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(2)]
    public void a_revision_that_cannot_have_been_read_is_refused(int revision) =>
        Given(Open)
            .When(it => [ChangeRequested(ScheduleMeant(it, Monthly, revision, Noon))])
            .ThenRefused(RevisionUnknown);

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

        Given(Open, [.. decided, ChangeRequested(Cheaper)])
            .When(it => Answered(it))
            .Then(
                Changed(at: Later),
                Revised(Cheaper with { FirstDueOn = Monthly.FirstDueOn }, firstDueOn: new(2026, 4, 1)));
    }

    [Theory]
    [InlineData("2026-03-01")]
    [InlineData(null)]
    public void the_schedule_in_force_sent_back_makes_no_revision(string? firstDueOn)
    {
        var sentBack = Monthly with
        {
            FirstDueOn = firstDueOn is null ? null : DateOnly.Parse(firstDueOn, null),
            CatchUp = CatchUp.LatestOnly
        };

        Given(Open, Sent(March), Charged(March), ChangeRequested(sentBack)).When(it => Answered(it))
            .Then(Changed(at: Later));
    }

    [Fact]
    public void a_date_that_was_due_before_it_is_charged_as_it_was_due()
    {
        PreapprovalEvent[] revised = [
            .. Open, ChangeRequested(Cheaper), Changed(at: Later),
            Revised(Cheaper with { FirstDueOn = Monthly.FirstDueOn }, firstDueOn: new(2026, 4, 1))
        ];

        Given(Open, ChangeRequested(Cheaper)).When(it => Answered(it)).Then(revised[^2..]);
        Given(revised).When(it => ChargeDue(it, Later, Window)).Then(Sent(March, Later));
        Given(revised, Sent(March, Later), Charged(March))
            .When(it => ChargeDue(it, At(4, 1), Window))
            .Then(Sent(April, At(4, 1)) with { Amount = new(2990, "BRL"), ScheduleRevision = 2 });
    }

    [Fact]
    public void a_first_due_date_of_its_own_moves_the_dates_after_those_that_were_due()
    {
        var asked = OnThe15th with { FirstDueOn = new(2026, 4, 15), TimeZone = "UTC" };

        Given(Open, Sent(Due(3)), Unknown(Due(3)), ChangeRequested(asked, At(4, 2)))
            .When(it => RecordChange(
                it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, At(4, 2)))
            .Then(Changed(at: At(4, 2)), Revised(asked, firstDueOn: new(2026, 4, 15), At(4, 2)));
        Given(Open, Sent(March), Charged(March), Revised(asked, new(2026, 4, 15), At(4, 2)))
            .Is("2026-04-01 2026-04-15", it => string.Join(' ', it.Undecided.Take(2).Select(due => $"{due.On:O}")));
    }

    [Fact]
    public void a_first_due_date_that_passes_while_the_change_is_under_way_bills_nothing_back()
    {
        PreapprovalEvent[] paid = [.. Open, Sent(March), Charged(March)];
        var daily = Monthly with { Unit = ScheduleUnit.Day, FirstDueOn = new(2026, 3, 3), CatchUp = CatchUp.BillAll };

        Given(paid, RevisionOf(daily, paid)).Is("2026-03-20", it => $"{it.NextDue!.Period.DueOn:O}");
    }

    [Theory]
    [InlineData("2026-03-01", "2026-03-02")]
    [InlineData("2026-03-19", "2026-03-20")]
    public void a_first_due_date_that_has_passed_is_refused(string refused, string taken)
    {
        // 2 March and 2 April, in force now, count as not given.
        var paid = Given(
            Open, Sent(March), Charged(March),
            Revised(Monthly with { FirstDueOn = new(2026, 3, 2) }, firstDueOn: new(2026, 4, 2)));

        paid.When(it => Asked(it, Monthly with { FirstDueOn = DateOnly.Parse(refused, null) }))
            .ThenRefused("schedule_first_due_passed");
        paid.Is(1, it => Asked(it, Monthly with { FirstDueOn = DateOnly.Parse(taken, null) }).Length);
    }

    [Fact]
    public void fewer_periods_than_were_charged_are_refused_with_both_numbers()
    {
        PreapprovalEvent[] twice = [
            .. OpenWith(Monthly with { Periods = 5 }), Sent(March), Charged(March), Sent(April), Failed(April),
            NoMore(April, "attempts_used")
        ];
        var refused = Assert.Throws<RuleViolation>(() => Asked(
            twice.Aggregate((Preapproval?)null, Preapproval.Fold)!, Monthly with { Periods = 1 }, At(4, 20)));

        Assert.Equal("schedule_periods_used", refused.Code);
        Assert.Contains("1 periods in all, but 2 ", refused.Message, StringComparison.Ordinal);
        Given(twice).Is(1, it => Asked(it, Monthly with { Periods = 2 }, At(4, 20)).Length);

        // What is due and will be charged counts too: May here.
        Given(twice).When(it => Asked(it, Monthly with { Periods = 2 }, At(5, 20)))
            .ThenRefused("schedule_periods_used");
        Given(twice).Is(3, it => it.PeriodsLeft);
    }

    [Fact]
    public void a_plan_that_is_complete_stays_so_until_more_periods_are_asked_for()
    {
        PreapprovalEvent[] complete = [.. OpenWith(Monthly with { Periods = 1 }), Sent(March), Charged(March)];

        Given(complete).Is((null, 0), it => (it.NextDue, it.PeriodsLeft));
        Given(complete, RevisionOf(Monthly with { AmountMinor = 100, Periods = 1 }, complete))
            .Is((null, 0), it => (it.NextDue, it.PeriodsLeft));
        Given(complete, RevisionOf(Monthly with { Periods = 3 }, complete))
            .Is((new DateOnly(2026, 4, 1), 2), it => (it.NextDue?.Period.DueOn, it.PeriodsLeft));
    }

    [Fact]
    public void a_date_that_the_merchant_skipped_stays_skipped()
    {
        var skipped = new PeriodSkipped(Id, April.Period!.Value, Noon);
        var revised = Revised(Monthly with { TimeZone = "UTC" }, firstDueOn: new(2026, 4, 1));

        Given([.. Open, Sent(March), Charged(March), skipped], revised)
            .Is(new DateOnly(2026, 5, 1), it => it.NextDue?.Period.DueOn);
    }

    [Fact]
    public void a_change_without_a_schedule_leaves_it() =>
        Given(Open, ChangeRequested(null)).When(it => Answered(it)).Then(Changed(at: Later));

    [Fact]
    public void a_change_that_may_or_may_not_have_happened_changes_no_schedule_yet() =>
        Given(Open, ChangeRequested(Cheaper), Unknown(MandateOperation.Change, "timeout", Noon))
            .Is((1, 4990L), it => (it.Schedule!.Revision, it.Schedule.Amount.Minor));

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
        Given(
            Requested(), Registered(), ChangeRequested(OnThe15th with { TimeZone = "UTC" }, At(2, 20)),
            Opened(at: At(2, 21)), Set(at: At(2, 21)))
            .When(it => RecordChange(
                it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, At(2, 22)))
            .Then(
                Changed(at: At(2, 22)),
                Revised(OnThe15th with { TimeZone = "UTC" }, firstDueOn: new(2026, 3, 15), At(2, 22)));

    [Fact]
    public void a_schedule_may_begin_where_there_was_none() =>
        Given(OpenWith(null), ChangeRequested(OnThe15th with { TimeZone = "UTC" }))
            .When(it => Answered(it))
            .Then(Changed(at: Later), Set(OnThe15th with { TimeZone = "UTC" }, Later));

    private static PreapprovalEvent[] Asked(Preapproval it, ScheduleTerms terms, DateTimeOffset? at = null) =>
        RequestChange(it, Dearer, Personal, terms, null, at ?? Later, Window);

    private static PreapprovalEvent[] Answered(Preapproval it) =>
        RecordChange(it, Confirmed(MandateStatus.Open, Dearer), null, LearntFrom.Answer, LookUps, SiteZone, Later);

    private static ScheduleSet Revised(ScheduleTerms terms, DateOnly firstDueOn, DateTimeOffset? at = null) =>
        new(Id, Schedule.Resolve(terms, 2, Later, SiteZone, null) with { FirstDueOn = firstDueOn }, at ?? Later);
}

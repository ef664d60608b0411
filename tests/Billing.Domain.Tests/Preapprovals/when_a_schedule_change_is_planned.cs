using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_a_schedule_change_is_planned
{
    private static readonly DateOnly May1 = new(2026, 5, 1);
    private static readonly ScheduleWish Dearer = new(AmountMinor: 5990);
    private static readonly ScheduleChangePlanned Planned = PlannedFor(May1, 2);

    [Fact]
    public void it_begins_with_the_first_date_on_or_after_its_day() =>
        Given(Open).When(it => ChangeSchedule(it, Dearer, May1, null, SiteZone, Noon)).Then(Planned);

    [Fact]
    public void a_repeat_plans_nothing_new() =>
        Given(Open, Planned).When(it => ChangeSchedule(it, Dearer, May1, null, SiteZone, Noon)).ThenNothing();

    [Fact]
    public void another_one_replaces_it_and_its_number_is_not_given_again() =>
        Given(Open, Planned).When(it => ChangeSchedule(it, Dearer, new(2026, 6, 1), null, SiteZone, Noon))
            .Then(new PlannedChangeCancelled(Id, 2, "replaced", Noon), PlannedFor(new(2026, 6, 1), 3));

    [Fact]
    public void a_change_at_once_supersedes_it() =>
        Given(Open, Planned).When(it => ChangeSchedule(it, new(AmountMinor: 100), null, null, SiteZone, Noon)).Then(
            new PlannedChangeCancelled(Id, 2, "superseded", Noon),
            new ScheduleSet(
                Id,
                Set().Schedule with { Revision = 3, Amount = new(100, "BRL"), FirstDueOn = new(2026, 4, 1) }, Noon));

    [Fact]
    public void it_is_taken_back_until_it_is_in_force()
    {
        Given(Open, Planned).When(it => CancelPlannedChange(it, At(4, 30)))
            .Then(new PlannedChangeCancelled(Id, 2, "cancelled", At(4, 30)));
        Given(Open, Planned).When(it => CancelPlannedChange(it, At(5, 1))).ThenNothing();
    }

    [Fact]
    public void each_date_has_the_price_that_holds_on_its_day()
    {
        Given(Open, Planned).Is(
            [4990, 4990, 5990, 5990],
            it => it.Undecided.Take(4).Select(due => (int)due.Schedule.Amount.Minor).ToArray());
        Given(Open, Planned).Is(1, it => it.At(At(4, 30)).Schedule!.Revision);
        Given(Open, Planned).Is(2, it => it.At(At(5, 1)).Schedule!.Revision);
    }

    [Fact]
    public void a_change_of_the_schedule_that_waits_for_the_gateway_comes_first() =>
        Given(Open, ChangeRequested(Monthly with { AmountMinor = 1 }))
            .When(it => ChangeSchedule(it, Dearer, May1, null, SiteZone, Noon)).ThenRefused("action_in_progress");

    [Fact]
    public void there_has_to_be_a_running_schedule()
    {
        Given(OpenWith(null)).When(it => ChangeSchedule(it, Dearer, May1, null, SiteZone, Noon))
            .ThenRefused("no_schedule");
        Given(Open, CloseRequested()).When(it => ChangeSchedule(it, Dearer, May1, null, SiteZone, Noon))
            .ThenRefused("no_schedule");
    }

    [Fact]
    public void an_explanation_names_the_schedule_that_holds_on_the_day()
    {
        var stream = Explanations.Timeline.Story([.. Open, Planned]);

        Assert.Contains(
            DateExplanation.Of(stream, May1, Noon).Sentences,
            sentence => sentence.Contains("BRL 59.90", StringComparison.Ordinal));
        Assert.Contains(
            DateExplanation.Of(stream, new(2026, 4, 1), Noon).Sentences,
            sentence => sentence.Contains("BRL 49.90", StringComparison.Ordinal));
    }

    private static ScheduleChangePlanned PlannedFor(DateOnly day, int revision) => new(
        Id, Set().Schedule with { Revision = revision, Amount = new(5990, "BRL"), FirstDueOn = day }, day,
        new(day, TimeOnly.MinValue, TimeSpan.Zero), null, Noon);
}

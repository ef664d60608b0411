using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_retries_end_in_vain
{
    private static readonly ChargeId Last = Due(3, 4);
    private static readonly PreapprovalEvent[] Tries =
    [
        Sent(March), Failed(March), RetryOf(Due(3, 2), At(3, 2)), Sent(Due(3, 2)), Failed(Due(3, 2)),
        RetryOf(Due(3, 3), At(3, 5)), Sent(Due(3, 3)), Failed(Due(3, 3)), RetryOf(Last, At(3, 12)), Sent(Last),
    ];

    private static readonly PreapprovalEvent[] ToClose =
    [
        .. Under(AfterRetries.Close), Failed(Last), NoMore(Last, "attempts_used"),
        DunningOver(Last, AfterRetries.Close),
    ];

    [Theory]
    [InlineData(null)]
    [InlineData(AfterRetries.Continue)]
    [InlineData(AfterRetries.Close)]
    public void it_is_recorded_with_what_follows(AfterRetries? rule) =>
        Given(Under(rule)).When(it => Decline(it, Last, "119"))
            .Then(Failed(Last), NoMore(Last, "attempts_used"), DunningOver(Last, rule ?? AfterRetries.Continue));

    [Fact]
    public void charging_is_suspended_where_the_schedule_says_so() =>
        Given(Under(AfterRetries.Suspend)).When(it => Decline(it, Last, "119"))
            .Then(
                Failed(Last), NoMore(Last, "attempts_used"), DunningOver(Last, AfterRetries.Suspend),
                Suspended(reason: "retries_exhausted"));

    [Fact]
    public void a_decline_for_good_suspends_unless_the_preapproval_is_to_be_closed()
    {
        PreapprovalEvent[] declined = [Failed(March, "12", "declined_for_good"), NoMore(March, "declined_for_good")];

        Given(OpenWith(Monthly with { AfterRetries = AfterRetries.Continue }), Sent(March))
            .When(it => Decline(it, March, "12"))
            .Then([.. declined, DunningOver(March, AfterRetries.Suspend), Suspended()]);
        Given(OpenWith(Monthly with { AfterRetries = AfterRetries.Close }), Sent(March))
            .When(it => Decline(it, March, "12"))
            .Then([.. declined, DunningOver(March, AfterRetries.Close)]);
    }

    [Theory]
    [InlineData(AfterRetries.Suspend)]
    [InlineData(AfterRetries.Close)]
    public void a_refusal_of_what_was_sent_suspends_and_never_closes(AfterRetries rule) =>
        Given(OpenWith(Monthly with { AfterRetries = rule }), Sent(March)).When(it => Decline(it, March, "118"))
            .Then(
                Failed(March, "118", "refused"), NoMore(March, "refused"), DunningOver(March, AfterRetries.Suspend),
                Suspended(reason: "refused"));

    [Fact]
    public void what_an_operator_calls_failed_ends_it_too() =>
        Given(Under(AfterRetries.Suspend), Unknown(Last))
            .When(it => Specs.Decisions.SetOutcome(
                it, Last.MerchantTransactionId, MoneyState.Failed, "maria", "The bank's statement shows it.",
                "statement-0331", Noon))
            .Then(
                Decided(Last, MoneyState.Failed), NoMore(Last, "attempts_used"),
                DunningOver(Last, AfterRetries.Suspend), Suspended(reason: "retries_exhausted"));

    [Fact]
    public void a_charge_on_demand_has_no_dunning() =>
        Given(OpenWith(Monthly with { AfterRetries = AfterRetries.Close }), Sent(OnDemand))
            .When(it => Decline(it, OnDemand, "119")).Then(Failed(OnDemand));

    [Fact]
    public void a_rule_that_changes_meanwhile_holds_from_then_on()
    {
        var changed = Schedule.Resolve(
            Monthly with { AfterRetries = AfterRetries.Suspend }, 2, Noon, SiteZone, new(2026, 3, 1));

        Given(Under(AfterRetries.Close), new ScheduleSet(Id, changed, Noon)).When(it => Decline(it, Last, "119"))
            .Then(
                Failed(Last), NoMore(Last, "attempts_used"), DunningOver(Last, AfterRetries.Suspend),
                Suspended(reason: "retries_exhausted"));
    }

    [Fact]
    public void the_close_is_asked_for_once_and_says_why()
    {
        Given(ToClose).When(Close).Then(CloseRequested() with { Reason = "dunning" });
        Given(ToClose, CloseRequested() with { Reason = "dunning" }).Is("dunning", it => it.CloseReason!);
        Given(ToClose, CloseRequested() with { Reason = "dunning" }, new CloseFailed(Id, "12", null, Noon))
            .When(Close).ThenNothing();
        Given(ToClose, CloseRequested()).When(Close).ThenNothing();
    }

    [Fact]
    public void it_is_not_closed_when_money_came_after_all_or_the_merchant_has_done_something_about_it()
    {
        Given(ToClose, Charged(Due(3, 2), LearntFrom.Notification)).When(Close).ThenNothing();
        Given(ToClose, NoMore(Last, "skipped")).When(Close).ThenNothing();
        Given(ToClose, RetryOf(Due(3, 5), Noon)).When(Close).ThenNothing();
        Given(ToClose, RetryOf(Due(3, 5), Noon), Sent(Due(3, 5)), Failed(Due(3, 5))).When(Close).ThenNothing();
        Given(ToClose, Closed(ClosedBy.Customer, LearntFrom.Notification)).When(Close).ThenNothing();
    }

    [Fact]
    public void it_is_not_closed_once_a_later_period_was_paid_or_another_rule_is_in_force()
    {
        var kind = Schedule.Resolve(Monthly, 2, Noon, SiteZone, new(2026, 3, 1));

        Given(ToClose, Sent(Due(4)), Charged(Due(4))).When(Close).ThenNothing();
        Given(ToClose, new ScheduleSet(Id, kind, Noon)).When(Close).ThenNothing();
    }

    [Fact]
    public void a_close_that_the_gateway_refuses_leaves_charging_suspended() =>
        Given(ToClose, CloseRequested() with { Reason = "dunning" })
            .When(it => Specs.Decisions.RecordClose(
                it, new MandateResult.Refused("12", null), LearntFrom.Answer, LookUps, Noon))
            .Then(new CloseFailed(Id, "12", null, Noon), Suspended(reason: "retries_exhausted"));

    [Fact]
    public void the_gateways_word_on_what_an_operator_called_failed_decides_nothing_anew()
    {
        PreapprovalEvent[] calledFailed =
        [
            .. Under(AfterRetries.Close), Unknown(Last), Decided(Last, MoneyState.Failed),
            NoMore(Last, "attempts_used"), DunningOver(Last, AfterRetries.Close), NoMore(Last, "skipped"),
        ];

        Given(calledFailed).When(it => Decline(it, Last, "119")).Then(Failed(Last));
        Given(calledFailed, Failed(Last)).Is(0, it => it.Unpaid.Count);
        Given(calledFailed, Failed(Last)).When(Close).ThenNothing();
    }

    [Fact]
    public void the_rule_is_the_schedules_else_the_sites_and_a_change_that_names_none_keeps_it()
    {
        var site = new SiteCalendar(SiteZone, null, AfterRetries.Close);
        var own = Schedule.Resolve(Monthly with { AfterRetries = AfterRetries.Suspend }, 1, Noon, site, null);

        Assert.Equal(AfterRetries.Close, Schedule.Resolve(Monthly, 1, Noon, site, null).AfterRetries);
        Assert.Equal(
            (AfterRetries.Suspend, true, false),
            (own.AfterRetries, own.IsAskedForBy(Monthly),
                own.IsAskedForBy(Monthly with { AfterRetries = AfterRetries.Continue })));
        Assert.Equal(
            AfterRetries.Suspend, own.Revised(Monthly with { AmountMinor = 1 }, Noon, new(2026, 3, 1)).AfterRetries);
    }

    [Fact]
    public void the_story_says_what_follows() =>
        Assert.Equal(
            "BRL 49.90 of 2026-03-01 stayed unpaid after attempt 4: the preapproval is to be closed.",
            EventDescriber.Of(Explanations.Timeline.Story(ToClose)[^1]));

    private static PreapprovalEvent[] Under(AfterRetries? rule) =>
        [.. OpenWith(Monthly with { AfterRetries = rule }), .. Tries];

    private static PreapprovalEvent[] Decline(Preapproval it, ChargeId id, string code) =>
        Specs.Decisions.RecordOutcome(it, Answer(id, Specs.A.Confirmed(PaymentStatus.Failed, code)), LookUps, Noon);

    private static PreapprovalEvent[] Close(Preapproval it) =>
        CloseAfterDunning(it, Last.Period!.Value, Last.Attempt, Noon, Window);
}

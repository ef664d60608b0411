using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Specs;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_pausing
{
    [Fact]
    public void a_running_schedule_is_paused_once() =>
        Given(Open).When(it => Pause(it, Noon)).Then(new SchedulePaused(Id, Noon));

    [Fact]
    public void a_paused_one_is_resumed_once() =>
        Given(Open, new SchedulePaused(Id, Noon)).When(it => Resume(it, Noon)).Then(new ScheduleResumed(Id, Noon));

    [Fact]
    public void there_is_nothing_to_resume_in_one_that_runs() => Given(Open).When(it => Resume(it, Noon)).ThenNothing();

    [Fact]
    public void a_charge_that_was_decided_before_is_sent() =>
        Given(Open, Sent(March), new SchedulePaused(Id, Noon))
            .Is(null, it => ReasonToStop(it, it.Charges[March.MerchantTransactionId]));

    [Theory]
    [InlineData(4, 1, "charged")]
    [InlineData(5, 1, "paused")]
    [InlineData(6, 1, "charged")]
    public void a_date_is_paused_if_it_falls_due_in_the_pause_whenever_it_is_decided(
        int month, int day, string expected)
    {
        // Paused from 2 April, just after the date, until 1 June, exactly at it; the jobs did not run meanwhile.
        PreapprovalEvent[] history =
        [
            .. OpenWith(Monthly with { CatchUp = CatchUp.BillAll }), Sent(March), Charged(March),
            new SchedulePaused(Id, At(4, 2)), new ScheduleResumed(Id, At(6, 1, 0)),
        ];
        var state = history.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var decided = new Dictionary<DateOnly, string>();

        while (state.NextDue is { } due && due.DueAt <= At(6, 20))
        {
            foreach (var @event in ChargeDue(state, At(6, 20), Window))
            {
                state = Preapproval.Fold(state, @event);

                if (@event is ChargeSkipped skipped)
                {
                    decided[skipped.Period.DueOn] = skipped.Reason;
                }
                else if (@event is ChargeRequested requested)
                {
                    decided[requested.Charge.Period!.Value.DueOn] = "charged";
                    state = Preapproval.Fold(state, Charged(requested.Charge));
                }
            }
        }

        Assert.Equal(expected, decided[new(2026, month, day)]);
    }

    [Fact]
    public void a_retry_that_was_due_before_is_made_and_one_due_in_the_pause_waits()
    {
        PreapprovalEvent[] failed = [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4))];

        Given(failed, new SchedulePaused(Id, At(3, 5))).Is(2, it => it.NextDue!.Attempt);
        Given(failed, new SchedulePaused(Id, At(3, 3))).Is(1, it => it.NextDue!.Attempt);
        Given(failed, new SchedulePaused(Id, At(3, 3)), new ScheduleResumed(Id, At(3, 9)))
            .Is(2, it => it.NextDue!.Attempt);
    }

    [Fact]
    public void what_was_stopped_before_it_was_sent_spends_no_attempt() =>
        Given(Open, Sent(March), Stopped(March, "paused", Noon), RetryOf(MarchAgain, Noon), Sent(MarchAgain, due: Noon))
            .When(it => RecordOutcome(
                it, Answer(MarchAgain, A.Confirmed(Gateway.PaymentStatus.Failed, "119")), LookUps, Noon))
            .Then(Failed(MarchAgain), RetryOf(Due(3, attempt: 3), Noon.AddDays(1)));

    [Fact]
    public void until_a_day_it_ends_with_the_first_instant_of_that_day()
    {
        var terms = new PauseTermsSet(Id, new(2026, 5, 1), At(5, 1, 0), false, Noon);
        PreapprovalEvent[] paused = [.. Open, new SchedulePaused(Id, Noon), terms];

        Given(Open).When(it => Pause(it, Noon, new(new(2026, 5, 1), false))).Then(new SchedulePaused(Id, Noon), terms);
        Given(paused).When(it => Pause(it, Noon, new(new(2026, 5, 1), false))).ThenNothing();
        Given(paused).When(it => Pause(it, Noon, new(new(2026, 6, 1), false)))
            .Then(terms with { Until = new(2026, 6, 1), EndsAt = At(6, 1, 0) });
        Given(paused).When(it => Pause(it, Noon, new(null, true))).ThenRefused("paused_otherwise");
        Given(paused).Is(null, it => it.PausedAt(At(5, 1, 0)));
        Given(paused).When(it => Resume(it, At(5, 1, 0))).ThenNothing();
        Given(paused).When(it => Pause(it, At(5, 2), null)).Then(new SchedulePaused(Id, At(5, 2)));
    }

    [Fact]
    public void what_it_collects_is_due_when_it_ends_and_no_catch_up_rule_leaves_one_out()
    {
        PreapprovalEvent[] held =
        [
            .. Open, Sent(March), Charged(March), new SchedulePaused(Id, At(3, 2)),
            new PauseTermsSet(Id, null, null, true, At(3, 2)),
        ];

        Given(held).Is(null, it => it.NextDue);
        Given(held, new ScheduleResumed(Id, At(5, 20))).Is(
            new DueCharge(new(new(2026, 4, 1)), 1, At(5, 20)), it => it.NextDue);
        Given(held, new ScheduleResumed(Id, At(5, 20))).Is(
            [Due(4)], it => PreapprovalDecider.ChargeDue(it, At(6, 2), Window).OfType<ChargeRequested>()
                .Select(e => e.Charge).ToArray());
        Given(held, new ScheduleResumed(Id, At(5, 20)), Sent(Due(4)), Charged(Due(4))).Is(
            new DueCharge(new(new(2026, 5, 1)), 1, At(5, 20)), it => it.NextDue);
        Given(held).When(it => SkipPeriod(it, new(2026, 4, 1), At(4, 9)))
            .Then(new PeriodSkipped(Id, new(new(2026, 4, 1)), At(4, 9)));
        Given(held, new PeriodSkipped(Id, new(new(2026, 4, 1)), At(4, 9)), new ScheduleResumed(Id, At(5, 20))).Is(
            new DueCharge(new(new(2026, 5, 1)), 1, At(5, 20)), it => it.NextDue);
        Given(held, new ScheduleResumed(Id, At(5, 20))).When(it => SkipPeriod(it, new(2026, 4, 1), At(5, 20)))
            .ThenRefused("period_due_already");
        Given(held).When(it => RequestClose(it, At(4, 2), Window)[1..])
            .Then(new ChargeSkipped(Id, new(new(2026, 4, 1)), 1, "closing", At(4, 2)));
    }

    [Fact]
    public void a_suspension_that_ends_leaves_the_pause_with_its_terms()
    {
        PreapprovalEvent[] both =
        [
            .. Open, new SchedulePaused(Id, At(3, 2)),
            new PauseTermsSet(Id, new(2026, 9, 1), At(9, 1, 0), true, At(3, 2)),
            new ScheduleSuspended(Id, "declined_for_good", "operator", At(3, 3)), ChangeRequested(at: At(3, 4)),
        ];

        Given(both).When(it => RecordChange(
                it, A.Confirmed(Gateway.MandateStatus.Open), true, LearntFrom.Answer, LookUps, SiteZone, At(3, 5))[1..])
            .Then(
                new ScheduleResumed(Id, At(3, 5)), new SchedulePaused(Id, At(3, 5)),
                new PauseTermsSet(Id, new(2026, 9, 1), At(9, 1, 0), true, At(3, 5)));
    }

    [Fact]
    public void there_has_to_be_a_running_schedule()
    {
        Given(OpenWith(null)).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
        Given(Requested(), Registered()).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
        Given(Open, CloseRequested()).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
    }
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.UnknownIsAState)]
public class when_an_outcome_stays_unknown
{
    private static readonly ChargeResult CouldNotAsk = new ChargeResult.Unknown("timeout");

    [Fact]
    public void a_time_out_is_asked_about_five_minutes_later() =>
        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, CouldNotAsk), LookUps, Noon))
            .ThenOnce(Unknown(March, next: At(3, 1, 12, 5)));

    [Theory]
    [InlineData(0, 1, 60)]
    [InlineData(1, 2, 24 * 60)]
    public void each_look_up_waits_longer_for_the_next(int made, int counted, int minutes) =>
        Given(Open, Sent(March), Unknown(March, lookUps: made))
            .When(it => RecordOutcome(it, LookUp(March, CouldNotAsk), LookUps, Noon))
            .ThenOnce(Unknown(March, lookUps: counted, next: Noon.AddMinutes(minutes)));

    [Fact]
    public void the_last_look_up_hands_it_to_an_operator_and_never_makes_it_failed() =>
        Given(Open, Sent(March), Unknown(March, lookUps: 2))
            .When(it => RecordOutcome(it, LookUp(March, CouldNotAsk), LookUps, At(3, 3)))
            .ThenOnce(Owned(March, "timeout", 3, At(3, 3)));

    [Fact]
    public void what_an_operator_has_is_still_resolved_by_the_gateways_word() =>
        Given(Open, Sent(March), Owned(March, "timeout", 3, Noon))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Charged)), LookUps, At(3, 3)))
            .Then(Charged(March, LearntFrom.Notification, At(3, 3)));

    [Theory]
    [InlineData(99, "status_99")]
    [InlineData(null, "status_null")]
    public void a_status_that_we_do_not_know_is_kept_and_asked_about(int? statusId, string symptom)
    {
        var strange = (ChargeResult.Confirmed)Confirmed(PaymentStatus.Unrecognised);
        strange = new(strange.Value with { Gateway = strange.Value.Gateway with { StatusId = statusId } });

        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, strange), LookUps, Noon))
            .ThenOnce(Unknown(March, symptom, gateway: strange.Value.Gateway));
    }

    [Fact]
    public void a_notification_of_a_status_that_we_do_not_know_does_not_restart_the_look_ups() =>
        Given(Open, Sent(March), Unknown(March, lookUps: 1))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Unrecognised)), LookUps, Noon))
            .ThenNothing();

    [Fact]
    public void a_duplicate_is_looked_up_and_not_believed() =>
        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, new ChargeResult.Duplicate()), LookUps, Noon))
            .ThenOnce(Unknown(March, "duplicate"));

    [Fact]
    public void a_refusal_settles_it() =>
        Given(Open, Sent(March), Unknown(March))
            .When(it => RecordOutcome(it, LookUp(March, new ChargeResult.Refused("12", null)), LookUps, Noon))
            .Then(
                new PaymentFailed(
                    Id, March, Price, null, new GatewayPayment(null, null, null, null, "12", null),
                    ChargeOrigin.Scheduled, 2, LearntFrom.LookUp, "declined_for_good", null, Noon),
                NoMore(March, "declined_for_good"), DunningOver(March, AfterRetries.Suspend), Suspended());

    [Fact]
    public void an_answer_that_could_not_be_had_about_a_charge_on_demand_is_unknown_too() =>
        Given(Open, Sent(OnDemand))
            .When(it => RecordOutcome(it, Answer(OnDemand, CouldNotAsk), LookUps, Noon))
            .ThenOnce(Unknown(OnDemand));
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_a_preapproval_is_requested
{
    [Fact]
    public void it_is_written_down_before_the_gateway_is_asked() =>
        Given()
            .When(it => Request(it, Id, Terms, Personal, Monthly, null, Noon))
            .Then(Requested());

    [Fact]
    public void the_gateways_answer_registers_it() =>
        Given(Requested())
            .When(it => RecordCreate(it, Confirmed(MandateStatus.Pending), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .Then(Registered());

    [Fact]
    public void an_answer_that_is_open_at_once_sets_the_schedule_too() =>
        Given(Requested())
            .When(it => RecordCreate(it, Confirmed(MandateStatus.Open), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .Then(Registered() with { Gateway = Shown(MandateStatus.Open).Gateway }, Opened(LearntFrom.Answer), Set());

    [Fact]
    public void a_status_that_we_do_not_know_registers_it_and_decides_nothing()
    {
        var strange = Shown(MandateStatus.Pending) with
        {
            Status = null,
            Gateway = Shown(MandateStatus.Pending).Gateway with { StatusId = 7, StatusInfo = "Sleeping" }
        };

        Given(Requested())
            .When(it => RecordCreate(
                it, new MandateResult.Confirmed(strange), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .Then(Registered() with { Gateway = strange.Gateway });
    }

    [Fact]
    public void a_refusal_is_final() =>
        Given(Requested())
            .When(it => RecordCreate(
                it, new MandateResult.Refused("118", Text("Amount invalid")), LearntFrom.Answer, LookUps, SiteZone,
                Noon))
            .Then(new PreapprovalRefused(Id, "118", Text("Amount invalid"), Noon));

    [Fact]
    public void a_time_out_is_not_a_refusal() =>
        Given(Requested())
            .When(it => RecordCreate(
                it, new MandateResult.Unknown("timeout"), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .ThenOnce(Unknown(MandateOperation.Create, "timeout", Noon.AddMinutes(5)));

    [Fact]
    public void a_look_up_that_finds_nothing_proves_nothing() =>
        Given(Requested(), Unknown(MandateOperation.Create, "timeout", Noon.AddMinutes(5)))
            .When(it => RecordCreate(
                it, new MandateResult.NotFound(), LearntFrom.LookUp, LookUps, SiteZone, At(3, 1, 12, 5)))
            .ThenOnce(Unknown(MandateOperation.Create, "not_found_yet", At(3, 1, 13, 5), lookUps: 1, At(3, 1, 12, 5)));

    [Fact]
    public void the_last_look_up_hands_it_to_an_operator() =>
        Given(Requested(), Unknown(MandateOperation.Create, "timeout", At(3, 2), lookUps: 2))
            .When(it => RecordCreate(
                it, new MandateResult.Unknown("timeout"), LearntFrom.LookUp, LookUps, SiteZone, At(3, 2)))
            .ThenOnce(Unknown(MandateOperation.Create, "timeout", null, lookUps: 3, At(3, 2)));

    [Fact]
    public void a_look_up_that_finds_it_registers_it() =>
        Given(Requested(), Unknown(MandateOperation.Create, "timeout", Noon.AddMinutes(5)))
            .When(it => RecordCreate(
                it, Confirmed(MandateStatus.Pending), LearntFrom.LookUp, LookUps, SiteZone, At(3, 1, 12, 5)))
            .Then(Registered(LearntFrom.LookUp) with { HappenedAt = At(3, 1, 12, 5) });

    [Fact]
    public void a_refusal_that_comes_after_the_gateway_has_shown_it_changes_nothing() =>
        Given(Requested(), Registered(LearntFrom.Notification))
            .When(it => RecordCreate(
                it, new MandateResult.Refused("109", null), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .ThenNothing();

    [Fact]
    public void silence_after_the_gateway_has_shown_it_changes_nothing() =>
        Given(Requested(), Registered(LearntFrom.Notification))
            .When(it => RecordCreate(
                it, new MandateResult.Unknown("timeout"), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .ThenNothing();

    [Fact]
    public void a_person_is_forgotten_once()
    {
        Given(Open).When(it => Forget(it, Noon)).Then(new CustomerForgotten(Id, Noon));
        Given(Open, new CustomerForgotten(Id, Noon)).Is(null, it => it.Personal);
    }
}

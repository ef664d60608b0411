using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_the_gateway_has_what_we_do_not
{
    [Fact]
    public void our_records_begin_with_what_it_shows() =>
        Given()
            .When(it => Recover(it, Id, Shown(MandateStatus.Pending), Noon))
            .Then(Recovered(MandateStatus.Pending));

    // Each decision seals under a data key of its own; ciphertext of another key could never be read.
    [Fact]
    public void decided_again_it_holds_nothing_that_was_sealed_before()
    {
        var shown = Shown(MandateStatus.Pending);
        var first = (RecoveredFromGateway)Recover(null, Id, shown, Noon)[0];

        foreach (var (_, value) in first.SealedFields)
        {
            value?.SealWith([1], [2]);
        }

        Assert.All(
            Recover(null, Id, shown, Noon)[0].SealedFields, field => Assert.False(field.Value?.IsSealed ?? false));
    }

    [Fact]
    public void an_open_mandate_may_be_charged_at_once()
    {
        Given().When(it => Recover(it, Id, Shown(MandateStatus.Open), Noon))
            .Then(Recovered(MandateStatus.Open), Opened(LearntFrom.LookUp));
        Given(Recovered(MandateStatus.Open), Opened(LearntFrom.LookUp))
            .When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .Then(Sent(OnDemand));
    }

    [Fact]
    public void a_closed_one_comes_closed() =>
        Given()
            .When(it => Recover(it, Id, Shown(MandateStatus.Closed), Noon))
            .Then(Recovered(MandateStatus.Closed), Closed(ClosedBy.Customer, LearntFrom.LookUp));

    [Fact]
    public void a_look_up_that_shows_the_same_again_says_nothing() =>
        Given(Recovered(MandateStatus.Open), Opened(LearntFrom.LookUp))
            .When(it => RecordMandate(it, Shown(MandateStatus.Open), [], LearntFrom.LookUp, SiteZone, Noon))
            .ThenNothing();

    private static RecoveredFromGateway Recovered(MandateStatus status) =>
        new(Id, Shown(status).Gateway, Terms, Personal, Noon);
}

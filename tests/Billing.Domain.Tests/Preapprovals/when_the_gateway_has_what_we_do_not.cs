using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_the_gateway_has_what_we_do_not
{
    [Fact]
    public void our_books_begin_with_what_it_shows() =>
        Given()
            .When(it => Recover(it, Id, Shown(MandateStatus.Pending), Noon))
            .Then(Recovered(MandateStatus.Pending));

    [Fact]
    public void an_open_mandate_may_be_charged_at_once()
    {
        Given().When(it => Recover(it, Id, Shown(MandateStatus.Open), Noon)).Then(Recovered(MandateStatus.Open), Opened(LearntFrom.LookUp));
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

    private static RecoveredFromGateway Recovered(MandateStatus status) => new(Id, Shown(status).Gateway, Terms, Personal, Noon);
}

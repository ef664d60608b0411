using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_a_customer_never_answers
{
    private static readonly DateTimeOffset MonthLater = At(4, 1);
    private static readonly PreapprovalEvent[] Pending = [Requested(), Registered()];

    [Fact]
    public void it_is_given_up_when_the_gateway_shows_it_pending_still_or_has_it_no_more()
    {
        Given(Pending).When(it => Ask(it, Confirmed(MandateStatus.Pending)))
            .Then(new PreapprovalAbandoned(Id, MonthLater));
        Given(Pending).When(it => Ask(it, new MandateResult.NotFound())).Then(new PreapprovalAbandoned(Id, MonthLater));
    }

    [Fact]
    public void one_that_is_open_at_the_gateway_is_opened_instead() =>
        Given(Pending).When(it => Ask(it, Confirmed(MandateStatus.Open)))
            .Then(Opened(LearntFrom.LookUp, at: MonthLater), Set(at: MonthLater));

    [Fact]
    public void one_that_is_closed_at_the_gateway_is_closed_instead() =>
        Given(Pending).When(it => Ask(it, Confirmed(MandateStatus.Closed)))
            .Then(Closed(ClosedBy.Customer, LearntFrom.LookUp, MonthLater));

    [Fact]
    public void what_could_not_be_asked_decides_nothing()
    {
        Given(Pending).When(it => Ask(it, new MandateResult.Unknown("timeout"))).ThenNothing();
        Given(Pending).When(it => Ask(it, new MandateResult.Refused("14", null))).ThenNothing();
    }

    [Fact]
    public void one_that_still_has_time_or_waits_for_the_gateway_or_was_answered_stays()
    {
        Given(Pending)
            .When(it => Abandon(it, Confirmed(MandateStatus.Pending), Noon.AddTicks(-1), SiteZone, MonthLater))
            .ThenNothing();
        Given(Pending, ChangeRequested()).When(it => Ask(it, Confirmed(MandateStatus.Pending))).ThenNothing();
        Given(Pending, CloseRequested()).When(it => Ask(it, Confirmed(MandateStatus.Pending))).ThenNothing();
        Given(Requested()).When(it => Ask(it, Confirmed(MandateStatus.Pending))).ThenNothing();
        Given(Open).When(it => Ask(it, Confirmed(MandateStatus.Pending))).ThenNothing();
    }

    [Fact]
    public void the_merchant_may_still_close_it() =>
        Given(Pending, new PreapprovalAbandoned(Id, MonthLater)).When(it => RequestClose(it, MonthLater))
            .Then(CloseRequested(MonthLater));

    private static PreapprovalEvent[] Ask(Preapproval state, MandateResult shown) =>
        Abandon(state, shown, Noon, SiteZone, MonthLater);
}

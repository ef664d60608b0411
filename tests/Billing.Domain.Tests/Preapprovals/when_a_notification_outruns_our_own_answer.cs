using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_a_notification_outruns_our_own_answer
{
    private static readonly Sealed<Address> Elsewhere =
        Sealed<Address>.Of(new(null, "Santos", null, null, null, null, null, null, "ID"));

    // KakaoPay's: another site, no currency, another country, no word for the status.
    private static readonly MandateSnapshot Early = Shown(MandateStatus.Open) with
    {
        Gateway = new(5001, "20260301115900", 30597, 2, null, null),
        Terms = Terms with { Currency = null, Country = "ID" },
        Personal = Personal with { BillingAddress = Elsewhere, ReturnUrl = null, MandateReference = Text("MR-1") },
    };

    private static readonly PreapprovalRegistered RegisteredEarly = new(
        Id, Early.Gateway, Terms, new MandatePersonal(null, null, null, null, Text("MR-1"), null),
        LearntFrom.Notification, Noon);

    private static readonly PreapprovalOpened OpenedEarly = new(
        Id, 2, null, Text("MR-1"), LearntFrom.Notification, Noon);

    private static readonly PreapprovalEvent[] TimedOut =
        [Requested(), Unknown(MandateOperation.Create, "timeout", Noon)];

    private static readonly PreapprovalEvent[] History = [Requested(), RegisteredEarly, OpenedEarly, Set()];

    [Fact]
    public void it_registers_and_opens_and_its_other_values_are_not_applied() =>
        Given(Requested())
            .When(it => RecordMandate(it, Early, [], LearntFrom.Notification, SiteZone, Noon))
            .Then(RegisteredEarly, OpenedEarly, Set());

    [Theory]
    [InlineData("customer.email", "other@shop.example")]
    [InlineData("method_id", "84")]
    [InlineData("currency", "EUR")]
    [InlineData("maximum_amount", "5000")]
    public void one_of_another_customer_registers_and_opens_nothing(string field, string theirs)
    {
        Difference[] differences = [new(field, "ours", theirs)];

        foreach (var history in (PreapprovalEvent[][])[[Requested()], TimedOut])
        {
            foreach (var status in (MandateStatus[])[MandateStatus.Pending, MandateStatus.Open, MandateStatus.Closed])
            {
                Given(history)
                    .When(it => RecordMandate(
                        it, Shown(status), differences, LearntFrom.Notification, SiteZone, Noon))
                    .ThenNothing();
            }
        }
    }

    [Theory]
    [InlineData("customer.email", "Ana@shop.example", "ana@SHOP.example")]
    [InlineData("currency", "BRL", null)]
    [InlineData("currency", null, "BRL")]
    [InlineData("maximum_amount", "", "0")]
    [InlineData("billing_address.country", "BR", "ID")]
    [InlineData("description", "a", "b")]
    public void a_difference_that_is_no_other_customer_is_kept_as_drift(string field, string? ours, string? theirs) =>
        Given(Requested())
            .When(it => RecordMandate(
                it, Early, [new(field, ours, theirs)], LearntFrom.Notification, SiteZone, Noon))
            .Then(
                RegisteredEarly, OpenedEarly, Set(),
                new DriftFound(
                    Id, [field], Differences(new Difference(field, ours, theirs)), LearntFrom.Notification, Noon));

    [Fact]
    public void a_forgotten_customer_cannot_be_compared() =>
        Given(Requested(), new CustomerForgotten(Id, Noon))
            .When(it => RecordMandate(it, Early, [], LearntFrom.Notification, SiteZone, Noon))
            .ThenNothing();

    [Fact]
    public void what_we_asked_for_still_stands()
    {
        Given(History).Is(Terms, it => it.Terms);
        Given(History).Is(Personal with { MandateReference = Text("MR-1") }, it => it.Personal);
        Given(History).Is((5001, 2), it => (it.Gateway!.PreapprovalId, it.Gateway.StatusId ?? 0));
    }

    [Fact]
    public void the_answer_that_follows_is_kept_whole_and_lowers_nothing()
    {
        Given(History)
            .When(it => RecordCreate(it, Confirmed(MandateStatus.Pending), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .Then(Registered());

        Given(History, Registered())
            .Is((PreapprovalStatus.Open, 2, true), it => (it.Status, it.Gateway!.StatusId ?? 0, it.CreateAnswered));
    }

    [Fact]
    public void a_look_up_is_as_good_as_the_answer_that_was_lost()
    {
        Given(History)
            .When(it => RecordCreate(it, Confirmed(MandateStatus.Open), LearntFrom.LookUp, LookUps, SiteZone, Noon))
            .Then(Registered(LearntFrom.LookUp) with { Gateway = Shown(MandateStatus.Open).Gateway });

        Given(History, Registered(LearntFrom.LookUp))
            .When(it => RecordCreate(it, Confirmed(MandateStatus.Pending), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .ThenNothing();
    }

    [Fact]
    public void the_same_notification_again_changes_nothing() =>
        Given(History, Registered())
            .When(it => RecordMandate(it, Early, [], LearntFrom.Notification, SiteZone, Noon))
            .ThenNothing();

    [Fact]
    public void a_mandate_closed_before_our_answer_stays_closed() =>
        Given(Requested(), Registered(LearntFrom.Notification), Closed(ClosedBy.Customer, LearntFrom.Notification))
            .When(it => RecordCreate(it, Confirmed(MandateStatus.Open), LearntFrom.Answer, LookUps, SiteZone, Noon))
            .Then(Registered() with { Gateway = Shown(MandateStatus.Open).Gateway });
}

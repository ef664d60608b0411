using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_charging_on_demand
{
    public static TheoryData<PreapprovalEvent[]> NotOpen =>
    [
        [Requested()],
        [Requested(), Registered()],
        [.. Open, CloseRequested()],
        [.. Open, Closed(ClosedBy.Customer, LearntFrom.Notification)],
        [Requested(), new PreapprovalRefused(Id, "109", null, Noon)],
        [Requested(), Registered(), new PreapprovalAbandoned(Id, Noon)],
    ];

    [Fact]
    public void an_open_preapproval_is_charged_under_the_callers_own_id() =>
        Given(OpenWith(null))
            .When(it => ChargeNow(it, "order-4711", new Money(1, "USD"), "One more seat", "20260305", 30597, Noon))
            .Then(new ChargeRequested(
                Id, OnDemand, new Money(1, "USD"), ChargeOrigin.OnDemand, 2, null, null, Text("One more seat"),
                "20260305", 30597, Window, Noon)
            { GatewayPreapprovalId = 5001, MethodId = 46 });

    [Fact]
    public void a_repeat_is_harmless_whatever_has_become_of_it()
    {
        Given(Open, Sent(OnDemand)).When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .ThenNothing();
        Given(Open, Sent(OnDemand), Charged(OnDemand))
            .When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .ThenNothing();
        Given(Open, Sent(OnDemand), CloseRequested())
            .When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .ThenNothing();
    }

    [Fact]
    public void it_neither_waits_for_the_schedule_nor_moves_it()
    {
        Given(Open, Sent(March), Unknown(March)).When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .Then(Sent(OnDemand));
        Given(Open, Sent(OnDemand)).Is((March.Period, null), it => (it.NextDue?.Period, it.InFlight));
    }

    [Fact]
    public void a_pause_does_not_stop_it() =>
        Given(Open, new SchedulePaused(Id, Noon)).When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .Then(Sent(OnDemand));

    [Theory]
    [MemberData(nameof(NotOpen))]
    public void only_an_open_preapproval_is_charged(PreapprovalEvent[] history) =>
        Given(history).When(it => ChargeNow(it, "order-4711", Price, null, null, null, Noon))
            .ThenRefused("preapproval_not_open");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void nothing_and_less_is_no_amount(long minor) =>
        Given(Open).When(it => ChargeNow(it, "order-4711", new Money(minor, "BRL"), null, null, null, Noon))
            .ThenRefused("amount_invalid");

    [Theory]
    [InlineData("5001-260401-1")]
    [InlineData("1-260401-1")]
    [InlineData("2147483647-991231-104")]
    public void an_id_of_the_derived_form_is_reserved(string id) =>
        Given(Open).When(it => ChargeNow(it, id, Price, null, null, null, Noon))
            .ThenRefused("merchant_transaction_id_reserved");

    [Fact]
    public void so_is_that_of_a_scheduled_charge_which_is_no_repeat() =>
        Given(Open, Sent(March))
            .When(it => ChargeNow(it, March.MerchantTransactionId, Price, null, null, null, Noon))
            .ThenRefused("merchant_transaction_id_reserved");

    [Theory]
    [InlineData("5001")]
    [InlineData("5001-2604011-1")]
    [InlineData("5001-260401-1000")]
    [InlineData("order-5001-260401-1")]
    [InlineData("5001-260401-1-r")]
    public void an_id_that_only_looks_a_little_like_one_is_fine(string id) => Assert.False(ChargeId.IsDerivedForm(id));
}

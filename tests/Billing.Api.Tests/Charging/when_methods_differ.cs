using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

public class when_methods_differ(SharedWorld shared) : IClassFixture<SharedWorld>
{
    private const int Sepa = 84;
    private const int KakaoPay = 1135;
    private const int Truemoney = 1143;

    private readonly World world = shared.World;

    [Fact]
    public async Task a_sepa_debit_is_pending_for_days_and_does_not_block_the_next_period()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(1500, "EUR", "day"), Sepa);
        Assert.Equal(["pending"], await subscriber.Statuses());

        await world.AdvanceAsync("P1D");
        Assert.Equal(["pending", "pending"], await subscriber.Statuses());

        await world.AdvanceAsync("P2D");
        Assert.Equal(["charged", "pending"], (await subscriber.Statuses())[..2]);
        Assert.Equal(
            "Notification", (string)Assert.Single(await subscriber.EventsOf("payment_charged"))["LearntFrom"]!);
        await subscriber.Close();
        await world.AdvanceAsync("P5D");

        Assert.All(await subscriber.Statuses(), status => Assert.Equal("charged", status));
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task a_sepa_mandate_has_its_reference_from_the_opening_on()
    {
        var subscriber = await Subscriber.Pending(world, Subscribers.Once(1500, "EUR"), Sepa);
        Assert.Null(await ReferenceAsync(subscriber));

        await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        await world.UntilIdle();

        Assert.NotNull(await ReferenceAsync(subscriber));
        Assert.Equal((string?)(await subscriber.AtGateway())["MandateReference"], await ReferenceAsync(subscriber));
    }

    // These methods want Description and Country with every charge: neither may go with the person.
    [Theory]
    [InlineData(Sepa, "EUR")]
    [InlineData(Truemoney, "THB")]
    public async Task a_customer_who_was_forgotten_is_still_charged_where_each_charge_repeats_the_mandate(
        int method, string currency)
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(15_000, currency), method);
        await world.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", subscriber.Id, "test", default);

        await world.AdvanceAsync("P1M");
        await world.AdvanceAsync("P5D");

        Assert.Equal(["charged", "charged"], await subscriber.Statuses());
        await subscriber.Close();
    }

    [Fact]
    public async Task a_won_has_no_hundredths_with_us_and_two_digits_more_on_the_wire()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once(4990, "KRW"), KakaoPay);

        var ours = Assert.Single(await subscriber.Payments());
        var theirs = (await world.Sandbox.LedgerAsync((string)ours["merchantTransactionId"]!))!;

        Assert.Equal(
            ("charged", 4990L, "KRW"),
            ((string)ours["status"]!, (long)ours["amountMinor"]!, (string)ours["currency"]!));
        Assert.Equal(
            (499_000L, "KRW", 1), ((long)theirs["amount"]!, (string)theirs["currency"]!, (int)theirs["captured"]!));
        await Witness.OneTruthAsync(world, subscriber);
    }

    private static async Task<string?> ReferenceAsync(Subscriber subscriber) =>
        (string?)JsonNode.Parse(await subscriber.World.Storefront.GetStringAsync(
            $"v1/preapprovals/{subscriber.GatewayId}"))!["Preapproval"]!["MandateReference"];
}

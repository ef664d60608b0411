using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests;

public class when_a_customer_subscribes
{
    [Fact]
    public async Task an_approved_one_is_charged_month_after_month()
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());

        await world.AdvanceAsync("P1M");
        await world.AdvanceAsync("P1M");

        var payments = await subscriber.Payments();
        Assert.Equal(3, payments.Length);
        Assert.All(
            payments,
            payment => Assert.Equal(("charged", 4990L), ((string)payment["status"]!, (long)payment["amountMinor"]!)));
        Assert.All(
            await world.Sandbox.LedgerAsync(),
            charge => Assert.Equal((1, 1), ((int)charge!["received"]!, (int)charge["captured"]!)));
    }
}

using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

[Keeps(Promise.NeverChargedTwice)]
public class when_a_failed_charge_turns_into_a_success(SharedWorld shared) : IClassFixture<SharedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_notification_before_the_retry_withdraws_it()
    {
        var subscriber = await world.OpenMeeting("failed_then_success", afterDays: 0.5);
        await world.UntilIdle();

        await world.AdvanceAsync("PT13H");
        await world.AdvanceAsync("P11D");

        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal("charged", (string)Assert.Single(await subscriber.EventsOf("retries_exhausted"))["Reason"]!);
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task a_notification_together_with_the_retry_still_means_one_payment()
    {
        var subscriber = await world.OpenMeeting("failed_then_success", afterDays: 1);
        await world.UntilIdle();

        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P11D");

        Assert.Single(await subscriber.Statuses(), "charged");
        Assert.Single(await subscriber.EventsOf("payment_charged"));
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task the_look_up_before_the_retry_finds_it_without_a_notification()
    {
        var subscriber = await world.OpenMeeting("decline");
        await world.UntilIdle();
        await SucceedSilentlyAsync(subscriber);

        await world.AdvanceAsync("P1D");

        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal("LookUp", (string)Assert.Single(await subscriber.EventsOf("payment_charged"))["LearntFrom"]!);
        Assert.Single(
            await world.Sandbox.LedgerAsync(), charge => (int?)charge!["preapprovalId"] == subscriber.GatewayId);
    }

    private async Task SucceedSilentlyAsync(Subscriber subscriber)
    {
        var failed = Assert.Single(await subscriber.Payments());

        await world.Sandbox.PostAsync("sandbox/fixtures", new JsonObject
        {
            ["Payments"] = new JsonArray(new JsonObject
            {
                ["ID"] = (int)failed["gatewayPaymentId"]!, ["SiteID"] = 30201, ["MethodID"] = 46,
                ["PreapprovalID"] = subscriber.GatewayId,
                ["MerchantTransactionID"] = (string)failed["merchantTransactionId"]!, ["Amount"] = "4990",
                ["Currency"] = "BRL", ["Status"] = new JsonObject { ["ID"] = 2 },
            }),
        });
    }
}

using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

[Collection(SubscribedCollection.Name)]
public class when_a_customer_never_answers(OneWorld it)
{
    [Fact]
    public async Task the_preapproval_is_given_up_and_revives_when_the_customer_approves_after_all()
    {
        var late = await Subscriber.Pending(it.World, Subscriber.Schedule(unit: "year", every: 10));
        var lost = await Subscriber.Pending(it.World, Subscriber.Schedule(unit: "year", every: 10));

        // Approved, but the notification is lost.
        await it.World.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify",
            ["action"] = "lose_notification",
            ["preapprovalId"] = lost.GatewayId,
            ["times"] = 1,
        });
        await it.World.Sandbox.ApproveAsync(lost.GatewayId);

        // While the gateway cannot be asked, nothing is given up. The older one is asked about first.
        await it.World.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "read", ["action"] = "error_500", ["preapprovalId"] = late.GatewayId });
        await it.World.Sandbox.AdvanceAsync("P31D");
        await Waiting.Until("the other was read", async () => (await lost.Story()).Contains("preapproval_opened"));
        Assert.Equal(["preapproval_opened", "schedule_set"], (await lost.Story())[2..4]);
        Assert.Equal(["preapproval_requested", "preapproval_registered"], await late.Story());

        await it.World.Sandbox.BehaveAsync();
        await Waiting.Until("it was given up", async () => (string)(await late.View())["status"]! == "abandoned");

        await it.World.Sandbox.ApproveAsync(late.GatewayId);
        await it.World.UntilIdle();
        Assert.Equal(
            ["preapproval_abandoned", "preapproval_opened", "schedule_set", "charge_requested", "payment_charged"],
            (await late.Story())[2..]);
        Assert.Single(await lost.Payments());
    }
}

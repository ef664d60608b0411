using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reconciling;

public sealed class NightWorld : SharedWorld
{
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Drift__CallsPerSecond"] = "500", ["Drift__EveryHours"] = "24",
    };
}

public class when_a_night_has_passed(NightWorld shared) : IClassFixture<NightWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task the_gateway_was_compared_by_the_schedule()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var theirs = await subscriber.AtGateway();
        theirs["Status"] = new JsonObject { ["ID"] = 4 };
        await world.Sandbox.PostAsync(
            "sandbox/fixtures", new JsonObject { ["Preapprovals"] = new JsonArray(theirs.DeepClone()) });

        await world.AdvanceAsync("P1D");

        await Waiting.Until("the close is known", async () => (string)(await subscriber.View())["status"]! == "closed");
        Assert.Equal(
            "reconciliation",
            (string)(await subscriber.Events()).Single(e => (string)e["type"]! == "preapproval_closed")["userName"]!);
    }
}

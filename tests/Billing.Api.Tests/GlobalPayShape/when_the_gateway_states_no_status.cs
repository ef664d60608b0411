using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

/// <summary>Official clients cannot read an answer whose Status.ID is null.</summary>
[Collection(GlobalPayCollection.Name)]
public class when_the_gateway_states_no_status(OneWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task every_answer_shows_the_status_that_is_known_here()
    {
        var name = $"no-status-{Guid.NewGuid():N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create", ["action"] = "null_status", ["merchantPreapprovalId"] = name,
        });

        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name));
        Assert.Equal((HttpStatusCode.Created, 1), (created.Status, (int?)created.Preapproval["Status"]!["ID"]));
        Assert.Equal("Pending", (string?)created.Preapproval["Status"]!["Info"]);

        var id = (int)created.Preapproval["ID"]!;
        Assert.Equal(1, (int?)(await world.Storefront.ReadAsync($"v1/preapprovals/{id}")).Preapproval["Status"]!["ID"]);
        var rows = (await world.Storefront.ReadAsync("v1/preapprovals?limit=1000")).Json["Preapprovals"]!.AsArray();
        Assert.Equal(1, (int?)rows.Single(row => (int)row!["ID"]! == id)!["Status"]!["ID"]);
    }

    [Fact]
    public async Task so_do_the_answers_to_a_change_and_to_a_close()
    {
        var name = $"no-status-{Guid.NewGuid():N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create", ["action"] = "null_status", ["merchantPreapprovalId"] = name,
        });
        var subscriber = await Subscriber.Pending(world, merchantPreapprovalId: name);
        await subscriber.Misbehave("change", "null_status");
        await subscriber.Misbehave("close", "null_status");
        var path = $"v1/preapprovals/{subscriber.GatewayId}";

        var (status, changed) = await subscriber.Change(null);
        Assert.Equal((HttpStatusCode.Created, 1), (status, (int?)changed["Preapproval"]!["Status"]!["ID"]));
        Assert.Equal("Pending", (string?)changed["Preapproval"]!["Status"]!["Info"]);

        // An answer without a status does not say that it is closed: the gateway is asked a little later.
        var closing = world.Storefront.AskAsync(HttpMethod.Delete, path);
        await Subscribers.Until(async () => (await subscriber.View())["unsettled"]?["nextLookUpAt"] is not null);
        await world.Sandbox.AdvanceAsync("PT5M");
        await world.Anonymous.GetStringAsync("sandbox/idle");
        var closed = await closing;
        Assert.Equal((HttpStatusCode.OK, 4), (closed.Status, (int?)closed.Preapproval["Status"]!["ID"]));
        Assert.Equal(4, (int?)(await world.Storefront.ReadAsync(path)).Preapproval["Status"]!["ID"]);
    }
}

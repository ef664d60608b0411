using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
public class when_two_sites_share_an_installation(OneWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task one_sees_nothing_of_the_other_and_moves_nothing_of_it()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(firstDueOn: "2099-01-31"));
        var id = $"mine-{subscriber.GatewayId}";
        var (_, paid) = await subscriber.Charge(id);
        await world.UntilIdle();
        using var other = world.Client("30202", "storefront-key-30202");
        var (ours, before) = ($"v1/subscriptions/{subscriber.Id}", await world.SettledSizeAsync());
        var gateways = $"v1/preapprovals/{subscriber.GatewayId}";

        foreach (var path in (string[])[
            gateways, $"{gateways}/payments", $"v1/payments/{paid["Payment"]!["ID"]}", ours, $"{ours}/payments",
            $"{ours}/events"
        ])
        {
            Assert.Equal(HttpStatusCode.OK, (await world.Storefront.ReadAsync(path)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await other.ReadAsync(path)).Status);
        }

        foreach (var (path, rows) in new[]
        {
            ("v1/preapprovals", "Preapprovals"), ("v1/payments", "Payments"),
            ($"v1/payments?merchantTransactionID={id}", "Payments"),
            ("v1/feed", "events"), ("v1/subscriptions", "subscriptions"),
            ($"v1/subscriptions?merchantPreapprovalId={subscriber.MerchantPreapprovalId}", "subscriptions"),
        })
        {
            Assert.NotEmpty((await world.Storefront.ReadAsync(path)).Json[rows]!.AsArray());
            Assert.Empty((await other.ReadAsync(path)).Json[rows]!.AsArray());
        }

        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.AskAsync(
                HttpMethod.Patch, gateways, Subscriber.Request(subscriber.MerchantPreapprovalId))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.AskAsync(HttpMethod.Delete, gateways)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostBodyAsync($"{ours}/pause", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostBodyAsync($"{ours}/resume", null)).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.PostBodyAsync(
                $"{ours}/charges",
                new JsonObject
                {
                    ["merchantTransactionId"] = "theirs", ["amountMinor"] = 1, ["currency"] = "BRL"
                })).Status);
        var charge = new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["PreapprovalID"] = subscriber.GatewayId,
                ["MerchantTransactionID"] = "theirs",
                ["Amount"] = 100,
                ["Currency"] = "BRL",
            }
        };
        (await other.PostBodyAsync("v1/payments/recurrent", charge))
            .AssertRefused(HttpStatusCode.BadRequest, "Payment", "12");

        Assert.Equal(before, await world.SizeAsync());
        Assert.Null(await world.Sandbox.LedgerAsync("theirs"));
    }
}

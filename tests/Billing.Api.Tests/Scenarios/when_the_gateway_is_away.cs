using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.GlobalPayShape;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Scenarios;

/// <summary>The gateway cannot be reached: requests wait, unsent, without counting an attempt.</summary>
public class when_the_gateway_is_away
{
    [Fact]
    public async Task what_was_asked_meanwhile_is_done_once_when_it_is_back_and_nothing_was_unknown_or_failed()
    {
        var state = new Dictionary<string, string?>
        {
            ["Sandbox__StatePath"] = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl")
        };
        await using var world = await World.StartAsync(
            state,
            new Dictionary<string, string?>
            {
                ["Charging:AnswerWithinSeconds"] = "8", ["Gateway:BreakerFailures"] = "2"
            });
        var (charged, changed, closed) = (
            await Subscriber.Open(world, Subscriber.Schedule()), await Subscriber.Open(world),
            await Subscriber.Open(world));
        var name = $"sub-{Guid.NewGuid():N}";

        await world.Sandbox.KillAsync();
        var (charge, change, close, create) = (
            charged.Charge("while-away"), changed.Change(null),
            world.Storefront.AskAsync(HttpMethod.Delete, $"v1/preapprovals/{closed.GatewayId}"),
            world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name), name));

        // Not one of them is refused: the storefront gets the answer that the outcome is unknown.
        Assert.Equal(
            (HttpStatusCode.Created, 7),
            ((await charge).Status, (int)(await charge).Body["Payment"]!["Status"]!["ID"]!));
        Assert.Equal(
            [HttpStatusCode.GatewayTimeout, HttpStatusCode.GatewayTimeout, HttpStatusCode.GatewayTimeout],
            [(await change).Status, (await close).Status, (await create).Status]);
        await OpenAsync(world, "open");
        Assert.Equal("not_connected", (string)(await BreakerAsync(world))["symptom"]!);
        Assert.Equal(
            "requested",
            (string)(await charged.Payments())
                .Single(it => (string)it["merchantTransactionId"]! == "while-away")["status"]!);

        await using var back = await Sandbox.StartAsync(world.Port, state, world.Sandbox.Address);
        await world.UntilIdle();

        await OpenAsync(world, "closed");
        Assert.Equal(
            "charged",
            (string)(await charged.Payments())
                .Single(it => (string)it["merchantTransactionId"]! == "while-away")["status"]!);
        Assert.Equal(
            (1, 1),
            await world.Sandbox.LedgerAsync("while-away") is { } ledger
                ? ((int)ledger["received"]!, (int)ledger["captured"]!)
                : default);
        Assert.Contains("preapproval_changed", await changed.Story());
        Assert.Equal("closed", (string)(await closed.View())["status"]!);
        Assert.Equal(
            HttpStatusCode.Created,
            (await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name), name)).Status);
        Assert.Equal(1, await world.MadeAtGatewayAsync(name));
        Assert.DoesNotContain(
            (await Task.WhenAll(new[] { charged, changed, closed }.Select(it => it.Story()))).SelectMany(it => it),
            type => type.EndsWith("_unknown", StringComparison.Ordinal)
                || type.EndsWith("_failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_waits_unsent_is_stopped_by_a_close_and_never_sent()
    {
        var state = new Dictionary<string, string?>
        {
            ["Sandbox__StatePath"] = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl")
        };
        await using var world = await World.StartAsync(
            state, new Dictionary<string, string?> { ["Charging:AnswerWithinSeconds"] = "8" });
        var subscriber = await Subscriber.Open(world);
        await world.Sandbox.KillAsync();
        await subscriber.Charge("overtaken");

        await world.Storefront.AskAsync(HttpMethod.Delete, $"v1/preapprovals/{subscriber.GatewayId}");
        await using var back = await Sandbox.StartAsync(world.Port, state, world.Sandbox.Address);
        await world.UntilIdle();

        // A close that met the gateway while it was starting is of unknown outcome until it is looked up.
        await world.AdvanceAsync("PT10M");

        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
        Assert.Equal("stopped", (string)Assert.Single(await subscriber.Payments())["status"]!);
        Assert.Null(await world.Sandbox.LedgerAsync("overtaken"));
    }

    private static async Task<JsonNode> BreakerAsync(World world) =>
        Assert.Single(
            (await world.Anonymous.ReadAsync("health/ready")).Json["breakers"]!.AsArray(),
            it => (string)it!["siteId"]! == "30201")!;

    private static async Task OpenAsync(World world, string state)
    {
        for (var asked = 0; (string)(await BreakerAsync(world))["state"]! != state; asked++)
        {
            Assert.True(asked < 300, $"Never {state}: {await BreakerAsync(world)}");
            await Task.Delay(100);
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

/// <summary>
/// A customer writes: I was charged too much, I want to pause for the summer, and from autumn I pay by another method.
/// </summary>
[Collection(SubscribedCollection.Name)]
public class when_a_customer_writes_to_support(OneWorld it)
{
    private const string Email = "support.case@example.com";

    [Fact]
    public async Task nine_calls_find_explain_and_settle_it()
    {
        var (id, gatewayId) = await SubscribeAsync();
        var calls = 0;

        // Who is it, what was charged, and why?
        var found = await AskAsync(HttpMethod.Post, "v1/subscriptions/search", new() { ["email"] = Email });
        Assert.Equal(id, (Guid)Assert.Single(found["subscriptions"]!.AsArray())!["id"]!);
        var payment = (await AskAsync(HttpMethod.Get, $"v1/subscriptions/{id}/payments"))["payments"]![0]!;
        var why = await AskAsync(HttpMethod.Get, $"v1/payments/{payment["gatewayPaymentId"]}/explain");
        Assert.Contains("BRL 59.90", why["sentences"]!.ToJsonString(), StringComparison.Ordinal);

        // The agreed price was 49.90: the difference goes back, and the next periods cost less.
        var refund = await AskAsync(
            HttpMethod.Post, $"v1/payments/{payment["gatewayPaymentId"]}/refunds", new()
            {
                ["Refund"] = new JsonObject { ["MerchantTransactionID"] = "support-case-1", ["Amount"] = 1000 },
            });
        Assert.Equal("1000", $"{refund["Refund"]!["Amount"]}");
        await AskAsync(HttpMethod.Post, $"v1/subscriptions/{id}/schedule", new() { ["amountMinor"] = 4990 });

        // Nothing falls due in the summer.
        var autumn = DateOnly.FromDateTime((await it.World.Sandbox.NowAsync()).UtcDateTime).AddMonths(3);
        var paused = await AskAsync(
            HttpMethod.Post, $"v1/subscriptions/{id}/pause", new()
            {
                ["until"] = $"{autumn:yyyy-MM-dd}", ["periods"] = "skip",
            });
        Assert.Equal("paused", (string)paused["state"]!);

        // From autumn another mandate pays, from the day on which the pause would have ended; the old one is closed.
        var schedule = Subscriber.Schedule(4990, "EUR", firstDueOn: $"{autumn:yyyy-MM-dd}");
        var other = await AskAsync(
            HttpMethod.Post, "v1/preapprovals", Request("support-new", 84, schedule, "DE"));
        await it.World.Sandbox.ApproveAsync((int)other["Preapproval"]!["ID"]!);
        await it.World.UntilIdle();
        await AskAsync(HttpMethod.Delete, $"v1/preapprovals/{gatewayId}");
        await it.World.UntilIdle();

        var settled = await AskAsync(HttpMethod.Post, "v1/subscriptions/search", new() { ["email"] = Email });
        Assert.Equal(
            ["active", "closed"],
            settled["subscriptions"]!.AsArray().Select(one => (string)one!["state"]!).Order());
        Assert.Equal(9, calls);

        await it.World.AdvanceAsync("P93D");
        Assert.Equal(
            ["BRL 5990", "EUR 4990"],
            (await it.World.Sandbox.LedgerAsync())
                .Where(charge => IsOf(charge!, gatewayId) || IsOf(charge!, (int)other["Preapproval"]!["ID"]!))
                .Select(charge => $"{charge!["currency"]} {charge["amount"]}").Order());

        async Task<JsonNode> AskAsync(HttpMethod method, string path, JsonObject? body = null)
        {
            calls++;
            var reply = await it.World.Storefront.AskAsync(method, path, body);
            Assert.True((int)reply.Status is >= 200 and < 300, $"{method} {path}: {reply.Status} {reply.Text}");

            return reply.Status is HttpStatusCode.NoContent || reply.Text == "" ? new JsonObject() : reply.Json;
        }
    }

    private async Task<(Guid Id, int GatewayId)> SubscribeAsync()
    {
        var reply = await it.World.Storefront.PostBodyAsync(
            "v1/preapprovals", Request("support-old", 46, Subscriber.Schedule(5990), "BR"));
        Assert.Equal(HttpStatusCode.Created, reply.Status);
        var gatewayId = (int)reply.Preapproval["ID"]!;
        await it.World.Sandbox.ApproveAsync(gatewayId);
        await it.World.UntilIdle();
        var view = (await it.World.Storefront.ReadAsync("v1/subscriptions?merchantPreapprovalId=support-old"))
            .Json["subscriptions"]![0]!;

        return ((Guid)view["id"]!, gatewayId);
    }

    private static JsonObject Request(string name, int methodId, JsonObject schedule, string country)
    {
        var request = Subscriber.Request(name, methodId, schedule);
        request["Preapproval"]!["Customer"]!["Email"] = Email;
        request["Preapproval"]!["BillingAddress"]!["Country"] = country;

        return request;
    }

    private static bool IsOf(JsonNode charge, int gatewayId) =>
        ((string)charge["merchantTransactionId"]!).StartsWith($"{gatewayId}-", StringComparison.Ordinal);
}

using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

/// <summary>What a test of charging says of a subscriber, beside what Specs offers.</summary>
internal static class Subscribers
{
    /// <summary>One period today and the next in ten years: the clock may move for others.</summary>
    public static JsonObject Once(long amountMinor = 4990, string currency = "BRL") =>
        Subscriber.Schedule(amountMinor, currency, "year", 10);

    /// <summary>Approved, with charges that misbehave from the first one on.</summary>
    /// <param name="times">How many charges misbehave; null: all.</param>
    public static async Task<Subscriber> OpenMeeting(
        this World world, string action, int? times = 1, JsonObject? schedule = null, int? code = null,
        double? afterDays = null, int? delayMs = null)
    {
        var subscriber = await Subscriber.Pending(world, schedule ?? Once());
        await subscriber.Misbehave("charge", action, times, code, afterDays, delayMs);
        await world.Sandbox.ApproveAsync(subscriber.GatewayId);

        return subscriber;
    }

    /// <summary>The gateway bends this subscriber's calls only.</summary>
    public static Task Misbehave(
        this Subscriber it, string operation, string action, int? times = 1, int? code = null, double? afterDays = null,
        int? delayMs = null)
    {
        var rule = new JsonObject
        {
            ["operation"] = operation, ["action"] = action, ["times"] = times, ["code"] = code,
            ["afterDays"] = afterDays,
            ["delayMs"] = delayMs
        };

        // A payment that does not exist yet belongs to no preapproval: our ids begin with the gateway's id of it.
        rule[operation == "find" ? "merchantTransactionId" : "preapprovalId"] =
            operation == "find" ? $"{it.GatewayId}-*" : it.GatewayId;

        return it.World.Sandbox.MisbehaveAsync(rule);
    }

    /// <summary>The MerchantTransactionID of a scheduled charge.</summary>
    /// <param name="dueOn">yyMMdd.</param>
    public static string ChargeId(this Subscriber it, string dueOn, int attempt = 1) =>
        $"{it.GatewayId}-{dueOn}-{attempt}";

    /// <summary>The data of each event of that stored name, in order.</summary>
    public static async Task<JsonNode[]> EventsOf(this Subscriber it, string type) =>
        [.. (await it.Events()).Where(e => (string)e["type"]! == type).Select(e => e["data"]!)];

    public static async Task<string[]> Statuses(this Subscriber it) =>
        [.. (await it.Payments()).Select(payment => (string)payment["status"]!)];

    /// <summary>The due dates that were charged, in order.</summary>
    public static async Task<string[]> ChargedOn(this Subscriber it) =>
        [.. (await it.Payments()).Where(payment => (string)payment["status"]! == "charged")
            .Select(payment => (string)payment["dueOn"]!)];

    /// <summary>"2030-02-10 paused" for each skipped period.</summary>
    public static async Task<string[]> Skipped(this Subscriber it) =>
        [.. (await it.EventsOf("charge_skipped")).Select(data => $"{data["Period"]!["DueOn"]} {data["Reason"]}")];

    /// <summary>How often the gateway was asked for that charge; 0 when it never received it.</summary>
    public static async Task<int> Received(this Subscriber it, string merchantTransactionId) =>
        (int?)(await it.World.Sandbox.LedgerAsync(merchantTransactionId))?["received"] ?? 0;

    public static async Task<(HttpStatusCode Status, JsonNode Body)> Change(
        this Subscriber it, JsonObject? schedule, string description = "changed subscription")
    {
        var body = Subscriber.Request(it.MerchantPreapprovalId, schedule: schedule);
        body["Preapproval"]!["Description"] = description;
        using var answer = await it.World.Storefront.PatchAsJsonAsync($"v1/preapprovals/{it.GatewayId}", body);

        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    public static async Task<(HttpStatusCode Status, string Body)> Close(this Subscriber it)
    {
        using var answer = await it.World.Storefront.DeleteAsync($"v1/preapprovals/{it.GatewayId}");

        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The preapproval as the gateway itself shows it.</summary>
    public static async Task<JsonNode> AtGateway(this Subscriber it)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, $"v1/preapprovals/{it.GatewayId}")
        {
            Headers = { Authorization = it.World.Gateway.DefaultRequestHeaders.Authorization }
        };
        using var answer = await it.World.Sandbox.Http.SendAsync(ask);

        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["Preapproval"]!;
    }

    /// <summary>Waits for what happens beside the test, such as a call that the gateway holds.</summary>
    /// <param name="happened">Asked every few milliseconds for a minute.</param>
    /// <param name="instead">What to say when it did not.</param>
    public static async Task Until(Func<Task<bool>> happened, Func<Task<string>>? instead = null)
    {
        for (var until = Stopwatch.StartNew(); !await happened();)
        {
            if (until.Elapsed > TimeSpan.FromMinutes(3))
            {
                Assert.Fail(instead is null ? "It never happened." : $"It never happened, but: {await instead()}");
            }

            await Task.Delay(20);
        }
    }
}

using System.Text.Json.Nodes;
using Billing.Api.Reports;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Refunding;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reporting;

/// <summary>Two months of customers who pay, pay late, do not pay, get money back and leave.</summary>
public sealed class ReportedWorld : OneWorld
{
    /// <summary>Its answer is lost two minutes before midnight in UTC, and is looked up after it.</summary>
    internal Subscriber AtMidnight { get; private set; } = null!;

    /// <summary>The gateway declines each attempt at its second period.</summary>
    internal Subscriber Debtor { get; private set; } = null!;

    /// <summary>Owes its first period, and is closed.</summary>
    internal Subscriber Gone { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        World = await World.StartAsync(
            new Dictionary<string, string?> { ["Sandbox__ClockStart"] = "2030-01-10T12:00:00Z" },
            new Dictionary<string, string?> { ["Gateway:TimeoutSeconds"] = "4", ["Charging:SendWindowSeconds"] = "3" });
        Debtor = await Subscriber.Open(World, Subscriber.Schedule(1000));
        Gone = await World.OpenMeeting("decline", null, Subscriber.Schedule(7000), code: 12);
        await World.OpenMeeting("decline", 1, Subscriber.Schedule(2000), code: 119);
        var yearly = await Subscriber.Open(World, Subscriber.Schedule(12_000, unit: "year"));
        var sepa = await Subscriber.Open(World, Subscriber.Schedule(990, "EUR"), 84);
        await Subscriber.Open(World, Subscriber.Schedule(1200, "KRW", "week"), 1135);
        await Subscriber.Open(World, Zoned("Pacific/Auckland", "2030-01-13"));
        await World.UntilIdle();
        await World.Storefront.PostBodyAsync($"v1/subscriptions/{yearly.Id}/pause", null);
        var paid = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Payment.MadeAsync(World, 5000)));

        await paid[0].RefundAsync("part", 1500);
        await paid[1].RefundAsync("all", 5000);
        await paid[2].LeverAsync("dispute");
        await paid[3].LeverAsync("dispute");
        await World.UntilIdle();
        await paid[2].LeverAsync("dispute/lose");
        await paid[3].LeverAsync("dispute/win");
        await World.UntilIdle();
        await World.AdvanceAsync("P2D");
        await paid[2].LeverAsync("chargeback");
        await World.UntilIdle();
        await World.Storefront.AskAsync(HttpMethod.Delete, $"v1/preapprovals/{Gone.GatewayId}");
        await World.AdvanceAsync("P9D");
        await ReverseAsync(sepa);
        await World.Storefront.PostBodyAsync($"v1/subscriptions/{yearly.Id}/resume", null);
        await Debtor.Misbehave("charge", "decline", null, 119);
        await LoseAnAnswerAtMidnightAsync();
        await World.AdvanceAsync("P1M");
        await CountedAsync();
    }

    /// <summary>Waits until the reports have every event.</summary>
    public Task CountedAsync() => Waiting.Until("the reports have every event", async () =>
        (double)(await ReadAsync(ReportQueries.Arrears)).Json["behindSeconds"]! == 0);

    public Task<HttpReply> ReadAsync(string report, string query = "") =>
        World.Storefront.ReadAsync($"v1/reports/{report}{query}");

    public async Task<JsonNode[]> RowsAsync(string report, string query = "")
    {
        var reply = await ReadAsync(report, query);
        Assert.True(reply.Status == System.Net.HttpStatusCode.OK, reply.Text);

        return [.. reply.Json["rows"]!.AsArray().OfType<JsonNode>()];
    }

    private static JsonObject Zoned(string zone, string firstDueOn)
    {
        var schedule = Subscriber.Schedule(3000, firstDueOn: firstDueOn);
        schedule["TimeZone"] = zone;

        return schedule;
    }

    private async Task ReverseAsync(Subscriber sepa)
    {
        var payment = Assert.Single(await sepa.Payments(), one => (string)one["status"]! == "charged");
        await World.Sandbox.PostAsync(
            $"sandbox/payments/{payment["gatewayPaymentId"]}/reverse", new JsonObject { ["bankAgrees"] = true });
        await World.UntilIdle();
    }

    private async Task LoseAnAnswerAtMidnightAsync()
    {
        AtMidnight = await Subscriber.Open(World);
        await World.Sandbox.MoveToAsync(DateTimeOffset.Parse(
            "2030-01-31T23:58:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await World.UntilIdle();
        await AtMidnight.Misbehave("charge", "act_then_reset");
        await AtMidnight.Misbehave("notify", "lose_notification");
        await AtMidnight.Charge("at-midnight", 4400);
        await World.AdvanceAsync("PT10M");
    }
}

/// <summary>The world that the reports are about.</summary>
[CollectionDefinition(Name)]
public sealed class ReportedCollection : ICollectionFixture<ReportedWorld>
{
    public const string Name = "reported";
}

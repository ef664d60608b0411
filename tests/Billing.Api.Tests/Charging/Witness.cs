using System.Text.Json.Nodes;
using Billing.Api.Operations.Audit;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

/// <summary>Asks both sides the same question: the gateway's ledger, our history and the stream must tell one truth.</summary>
internal static class Witness
{
    /// <summary>Each charge of these was captured at most once, was sent again only after a look-up, and stands in our books as in the gateway's; the audit finds nothing.</summary>
    public static Task OneTruthAsync(World world, params Subscriber[] subscribers) => AgreeAsync(world, IsAskedBeforeSentAgain, subscribers);

    /// <summary>The same of a gateway that itself refuses what it has, where a paused process may have sent once more.</summary>
    public static Task BooksAgreeAsync(World world, params Subscriber[] subscribers) => AgreeAsync(world, _ => true, subscribers);

    private static async Task AgreeAsync(World world, Func<JsonNode, bool> isSentRightly, Subscriber[] subscribers)
    {
        var ledger = (await world.Sandbox.LedgerAsync()).OfType<JsonNode>().ToLookup(charge => (int?)charge["preapprovalId"]);

        foreach (var subscriber in subscribers)
        {
            await AgreeAsync(subscriber, isSentRightly, [.. ledger[subscriber.GatewayId]]);
        }

        await ProveBooksAsync(world);
    }

    /// <summary>History is unbroken and every view equals replay, read from the tables alone: the service may be dead.</summary>
    public static async Task ProveBooksAsync(World world)
    {
        await using var parts = world.Parts();
        var report = await parts.Services.GetRequiredService<Auditor>().VerifyAsync(null, null, default);

        Assert.True(report.Differences.Count == 0, string.Join(Environment.NewLine, report.Differences));
        Assert.True(report.Streams > 0, "There was nothing to prove.");
    }

    private static async Task AgreeAsync(Subscriber subscriber, Func<JsonNode, bool> isSentRightly, JsonNode[] ledger)
    {
        var payments = await subscriber.Payments();
        var charged = payments.Where(payment => (string)payment["status"]! == "charged").Select(Id).Order().ToArray();
        var captured = ledger.Where(charge => (int)charge["captured"]! > 0).Select(Id).Order().ToArray();

        Assert.Equal(captured, charged);
        Assert.All(ledger, charge => Assert.True((int)charge["captured"]! <= 1 && isSentRightly(charge), charge.ToJsonString()));
        Assert.Equal(charged, (await subscriber.EventsOf("payment_charged")).Select(data => (string)data["Charge"]!["MerchantTransactionId"]!).Order());
    }

    private static string Id(JsonNode node) => (string)node["merchantTransactionId"]!;

    /// <summary>Between two sends of one id the gateway was asked for it.</summary>
    public static bool IsAskedBeforeSentAgain(JsonNode charge)
    {
        var isAsked = true;

        foreach (var what in charge["events"]!.AsArray().Select(e => (string)e!["what"]!))
        {
            if (what == "received" && !isAsked)
            {
                return false;
            }

            isAsked = what == "looked_up" || (what != "received" && isAsked);
        }

        return true;
    }
}

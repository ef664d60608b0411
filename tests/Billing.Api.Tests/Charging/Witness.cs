using System.Text.Json.Nodes;
using Billing.Api.Operations.Audit;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

/// <summary>Compares the gateway's ledger, our payment history and the stream: all three must agree.</summary>
internal static class Witness
{
    /// <summary>
    /// Each was captured at most once, resent only after a look-up, and is equal on both sides and in the audit.
    /// </summary>
    public static Task OneTruthAsync(World world, params Subscriber[] subscribers) =>
        AgreeAsync(world, IsAskedBeforeSentAgain, subscribers);

    /// <summary>The same for a gateway that refuses duplicates: a paused process may have sent once more.</summary>
    public static Task RecordsAgreeAsync(World world, params Subscriber[] subscribers) =>
        AgreeAsync(world, _ => true, subscribers);

    private static async Task AgreeAsync(World world, Func<JsonNode, bool> isSentRightly, Subscriber[] subscribers)
    {
        var ledger =
            (await world.Sandbox.LedgerAsync()).OfType<JsonNode>().ToLookup(charge => (int?)charge["preapprovalId"]);

        foreach (var subscriber in subscribers)
        {
            await AgreeAsync(subscriber, isSentRightly, [.. ledger[subscriber.GatewayId]]);
        }

        await ProveRecordsAsync(world);
    }

    /// <summary>History is unbroken and every view equals replay, from the tables alone.</summary>
    public static async Task ProveRecordsAsync(World world)
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
        Assert.All(
            ledger,
            charge => Assert.True((int)charge["captured"]! <= 1 && isSentRightly(charge), charge.ToJsonString()));
        Assert.Equal(
            charged,
            (await subscriber.EventsOf("payment_charged"))
                .Select(data => (string)data["Charge"]!["MerchantTransactionId"]!)
                .Order());
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

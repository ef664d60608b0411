using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

[Collection(SubscribedCollection.Name)]
public class when_asking_why(OneWorld it)
{
    [Fact]
    public async Task a_date_and_a_payment_are_explained_in_sentences_and_as_data()
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule());
        var payment = Assert.Single(await subscriber.Payments());
        var events = await subscriber.Events();

        var date = await Why($"v1/subscriptions/{subscriber.Id}/explain?date={payment["dueOn"]}");
        Assert.Equal(
            ("charged", (string)payment["dueOn"]!, null),
            ((string)date["decision"]!, (string)date["date"]!, (string?)date["reason"]));
        Assert.Equal((string)(await subscriber.View())["nextDue"]!["on"]!, (string)date["nextDue"]!["on"]!);
        Assert.Equal(
            ["schedule_set", "charge_requested", "payment_charged"],
            date["facts"]!.AsArray().Select(fact => (string)fact!["type"]!));
        Assert.All(
            date["facts"]!.AsArray(),
            fact => Assert.Equal((string)fact!["type"]!, (string)events[(int)fact["version"]! - 1]["type"]!));

        var byOurs = await Why($"v1/payments/{payment["merchantTransactionId"]}/explain");
        Assert.Equal(
            byOurs.ToJsonString(), (await Why($"v1/payments/{payment["gatewayPaymentId"]}/explain")).ToJsonString());
        Assert.Equal(("charged", $"{subscriber.Id}"), ((string)byOurs["decision"]!, (string)byOurs["subscriptionId"]!));
        Assert.Contains("was due on", (string)byOurs["sentences"]![0]!);

        // Today, when no date is named.
        Assert.Equal(
            (string)payment["dueOn"]!, (string)(await Why($"v1/subscriptions/{subscriber.Id}/explain"))["date"]!);

        using var other = it.World.Client("30202", "storefront-key-30202");
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.ReadAsync($"v1/payments/{payment["gatewayPaymentId"]}/explain")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.ReadAsync($"v1/payments/{payment["merchantTransactionId"]}/explain")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound, (await other.ReadAsync($"v1/subscriptions/{subscriber.Id}/explain")).Status);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await it.World.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/explain?date=0001-01-01")).Status);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await it.World.Anonymous.ReadAsync($"v1/payments/{payment["gatewayPaymentId"]}/explain")).Status);
    }

    [Fact]
    public async Task an_operator_gets_the_sentences_and_what_comes_next()
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule());
        var payment = Assert.Single(await subscriber.Payments());
        var byOurs = $"{payment["merchantTransactionId"]}";
        var why = await Why($"v1/payments/{byOurs}/explain");

        foreach (var id in (string[])[byOurs, $"{payment["gatewayPaymentId"]}"])
        {
            (await it.World.Billing("explain", id, "--site", "30201")).Ended(0).With("charged\n")
                .With((string)why["sentences"]![0]!).With($"due on {why["nextDue"]!["on"]}");
        }

        (await it.World.Billing(
                "explain", $"{subscriber.Id}", "--date", $"{why["nextDue"]!["on"]}", "--site", "30201")).Ended(0)
            .With("not_due_yet").With("BRL 49.90");
        (await it.World.Billing("explain", $"{Guid.NewGuid()}", "--site", "30201")).Ended(1)
            .With("no subscription and no payment");
        (await it.World.Billing("explain", byOurs, "--site", "30202")).Ended(1).With("no payment");
        (await it.World.Billing("explain", $"{subscriber.Id}", "--date", "soon", "--site", "30201")).Ended(1)
            .With("The date must be one like 2026-01-31");
    }

    private async Task<JsonNode> Why(string path)
    {
        var reply = await it.World.Storefront.ReadAsync(path);
        Assert.True(reply.Status is HttpStatusCode.OK, reply.Text);

        return reply.Json;
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

[Keeps(Promise.NeverChargedTwice)]
public class when_charging_now(OneOpenSubscriber shared) : IClassFixture<OneOpenSubscriber>
{
    private World World => shared.World;

    [Fact]
    public async Task the_same_id_is_charged_once_and_answered_alike()
    {
        var subscriber = await Subscriber.Open(World);
        var id = $"order-{Guid.NewGuid():N}";
        var body = $$"""{"merchantTransactionId":"{{id}}","amountMinor":1234"""
            + ""","currency":"BRL","description":"One more coffee"}""";

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync(subscriber, body)));

        Assert.All(answers, it => Assert.Equal(HttpStatusCode.Created, it.StatusCode));
        var texts = await Task.WhenAll(answers.Select(it => it.Content.ReadAsStringAsync()));
        Assert.Equal(texts[0], Assert.Single(texts.Distinct()));
        var payment = JsonNode.Parse(texts[0])!;
        Assert.Equal(
            (id, 1234L, "charged", "on_demand"),
            (
                (string)payment["merchantTransactionId"]!, (long)payment["amountMinor"]!, (string)payment["status"]!,
                (string)payment["origin"]!));
        Assert.Equal((1, 1), await LedgerAsync(id));
        Assert.Single(await subscriber.Payments());
    }

    [Fact]
    public async Task without_an_amount_it_is_the_schedules_price()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule(990));

        var body = $$"""{"merchantTransactionId":"price-{{Guid.NewGuid():N}}"}""";

        using var answer = await PostAsync(subscriber, body);

        Assert.Equal(990, (long)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["amountMinor"]!);

        // Also after a change of the price a repeat is the same charge.
        Assert.Equal(HttpStatusCode.Created, (await subscriber.Change(Subscriber.Schedule(1290))).Status);
        using var repeated = await PostAsync(subscriber, body);
        Assert.Equal(990, (long)JsonNode.Parse(await repeated.Content.ReadAsStringAsync())!["amountMinor"]!);
    }

    [Fact]
    public async Task an_id_stays_with_its_amount_and_its_subscription()
    {
        var (one, other) = (await Subscriber.Open(World), await Subscriber.Open(World));
        var id = $"order-{Guid.NewGuid():N}";
        (await PostAsync(one, Body(id, 100))).EnsureSuccessStatusCode();

        const string Taken = "merchant_transaction_id_taken";
        using var dearer = await PostAsync(one, Body(id, 101));
        var problem = await dearer.IsProblem(HttpStatusCode.UnprocessableEntity, Taken);
        Assert.StartsWith("This merchantTransactionId was used with another amountMinor.", (string)problem["detail"]!);
        using var described = await PostAsync(
            one, $$"""{"merchantTransactionId":"{{id}}","amountMinor":100,"currency":"BRL","description":"Tea"}""");
        problem = await described.IsProblem(HttpStatusCode.UnprocessableEntity, Taken);
        Assert.StartsWith("This merchantTransactionId was used with another description.", (string)problem["detail"]!);
        using var elsewhere = await PostAsync(other, Body(id, 100));
        problem = await elsewhere.IsProblem(HttpStatusCode.UnprocessableEntity, Taken);
        Assert.StartsWith("Another subscription has a charge with this", (string)problem["detail"]!);

        Assert.Equal((1, 1), await LedgerAsync(id));
        Assert.Empty(await other.Payments());
    }

    [Fact]
    public async Task a_decline_is_a_payment_that_failed()
    {
        var subscriber = await Subscriber.Open(World);
        var id = $"order-{Guid.NewGuid():N}";
        await World.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = "decline", ["code"] = 119, ["merchantTransactionId"] = id
        });

        using var answer = await PostAsync(subscriber, Body(id, 100));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var payment = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(("failed", "119"), ((string)payment["status"]!, (string)payment["code"]!));
    }

    [Fact]
    public async Task one_that_is_not_open_is_not_charged()
    {
        var subscriber = await Subscriber.Pending(World);

        using var answer = await PostAsync(subscriber, Body("too-early", 100));

        await answer.IsProblem(HttpStatusCode.UnprocessableEntity, "preapproval_not_open");
        Assert.Empty(await subscriber.Payments());
    }

    [Theory]
    [InlineData("", "body_invalid")]
    [InlineData("null", "body_invalid")]
    [InlineData("[]", "body_invalid")]
    [InlineData("{\"merchantTransactionId\":", "body_invalid")]
    [InlineData("{\"merchantTransactionId\":\"a\\u0000b\",\"amountMinor\":1,\"currency\":\"BRL\"}", "body_invalid")]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":1.5,\"currency\":\"BRL\"}", "body_invalid")]
    [InlineData(
        "{\"merchantTransactionId\":\"a\",\"amountMinor\":99999999999999999999,\"currency\":\"BRL\"}", "body_invalid")]
    [InlineData("{\"amountMinor\":1,\"currency\":\"BRL\"}", "merchant_transaction_id_invalid")]
    [InlineData(
        "{\"merchantTransactionId\":\"a b\",\"amountMinor\":1,\"currency\":\"BRL\"}",
        "merchant_transaction_id_invalid")]
    [InlineData(
        "{\"merchantTransactionId\":\"a\\n\",\"amountMinor\":1,\"currency\":\"BRL\"}",
        "merchant_transaction_id_invalid")]
    [InlineData("{\"merchantTransactionId\":\"3009261-260301-1\",\"amountMinor\":1,\"currency\":\"BRL\"}", null)]
    [InlineData("{\"merchantTransactionId\":\"a\"}", "amount_missing")]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":1}", "amount_missing")]
    [InlineData("{\"merchantTransactionId\":\"a\",\"currency\":\"BRL\"}", "amount_missing")]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":0,\"currency\":\"BRL\"}", null)]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":-5,\"currency\":\"BRL\"}", null)]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":9223372036854775807,\"currency\":\"BRL\"}", null)]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":1,\"currency\":\"brl\"}", null)]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":1,\"currency\":\"ZZZ\"}", null)]
    [InlineData("{\"merchantTransactionId\":\"a\",\"amountMinor\":1,\"currency\":\"\"}", null)]
    [InlineData(
        "{\"merchantTransactionId\":\"a\",\"amountMinor\":1,\"currency\":\"BRL\",\"description\":\"\"}",
        "description_invalid")]
    [InlineData(
        "{\"merchantTransactionId\":\"a\",\"amount\":500}", "unknown_key",
        "There is no 'amount' in the body; did you mean 'amountMinor'?")]
    [InlineData(
        "{\"merchantTransactionId\":\"a\",\"amountminor\":500,\"currency\":\"BRL\"}", "unknown_key",
        "There is no 'amountminor' in the body; did you mean 'amountMinor'?")]
    [InlineData(
        "{\"merchantTransactionId\":\"a\",\"amountMinor\":5,\"amountMinor\":9900,\"currency\":\"BRL\"}",
        "body_invalid")]
    public async Task what_cannot_be_charged_is_refused_and_changes_nothing(
        string body, string? code, string sentence = "")
    {
        var subscriber = shared.Subscriber;
        var story = await subscriber.Story();

        using var answer = await PostAsync(subscriber, body);

        var anyCode = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!;
        var problem = await answer.IsProblem(HttpStatusCode.UnprocessableEntity, code ?? anyCode);
        Assert.StartsWith(sentence, (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(story, await subscriber.Story());
    }

    [Fact]
    public async Task a_huge_body_is_refused()
    {
        using var answer = await PostAsync(shared.Subscriber, new string(' ', 1024 * 1024));

        await answer.IsProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    private static string Body(string id, long amountMinor) =>
        $$"""{"merchantTransactionId":"{{id}}","amountMinor":{{amountMinor}},"currency":"BRL"}""";

    private static Task<HttpResponseMessage> PostAsync(Subscriber subscriber, string body) =>
        subscriber.World.Storefront.PostAsync(
            $"v1/subscriptions/{subscriber.Id}/charges", new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<(int Received, int Captured)> LedgerAsync(string id) =>
        await World.Sandbox.LedgerAsync(id) is { } charge
            ? ((int)charge["received"]!, (int)charge["captured"]!)
            : (0, 0);
}

/// <summary>The one whom refused charges leave as they are.</summary>
public sealed class OneOpenSubscriber : OneWorld
{
    public Subscriber Subscriber { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Subscriber = await Subscriber.Open(World);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

[Collection(SubscribedCollection.Name)]
public class when_skipping_a_period(OneWorld it)
{
    [Fact]
    public async Task it_is_skipped_on_its_day_and_the_next_one_is_charged()
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule(unit: "day", every: 10));
        var before = await Upcoming(subscriber, "?count=3");
        Assert.Equal(["charge", "charge", "charge"], States(before));

        // Said twice, because the first answer may have been lost.
        var skipped = await Skip(subscriber, HttpMethod.Post);
        Assert.Equal(
            ((long)before["version"]! + 1, (long)skipped["version"]!),
            ((long)skipped["version"]!, (long)(await Skip(subscriber, HttpMethod.Post))["version"]!));
        Assert.Equal(["skipped", "charge", "charge"], States(skipped)[..3]);

        var second = (string)before["upcoming"]![1]!["dueOn"]!;
        await Skip(subscriber, HttpMethod.Post, new JsonObject { ["dueOn"] = second });
        Assert.Equal(
            ["skipped", "charge"], States(await Skip(subscriber, HttpMethod.Delete, query: $"?dueOn={second}"))[..2]);

        await it.World.AdvanceAsync("P10D");
        Assert.Single(await subscriber.Payments());
        await it.World.AdvanceAsync("P10D");

        Assert.Equal(
            [(string?)null, second],
            (await subscriber.Payments()).Select(payment => (string?)payment["dueOn"])
                .Select((date, index) => index == 0 ? null : date));
        Assert.Equal(
            [
                "period_skipped storefront-30201", "period_skipped storefront-30201",
                "period_reinstated storefront-30201"
            ],
            (await subscriber.Events()).Where(e => (string)e["type"]! is "period_skipped" or "period_reinstated")
                .Select(e => $"{e["type"]} {e["userName"]}"));
    }

    [Theory]
    [InlineData("POST", "", """{"dueOn":"1999-01-01"}""", "not_a_due_date")]
    [InlineData("POST", "", """{"dueOn":"tomorrow"}""", "due_on_invalid")]
    [InlineData("POST", "", "[]", "body_invalid")]
    [InlineData("POST", "", """{"date":"2030-02-10"}""", "unknown_key", "no 'date' in the body; did you mean 'dueOn'?")]
    [InlineData("POST", "?dueOn=2030-02-10", null, "unknown_key", "no 'dueOn' in the query: send it in the body")]
    [InlineData("DELETE", "?date=2030-02-10", null, "unknown_key", "no 'date' in the query; did you mean 'dueOn'?")]
    [InlineData("DELETE", "", """{"dueOn":"2030-02-10"}""", "body_invalid")]
    [InlineData("DELETE", "?dueOn=1999-01-01", null, "not_a_due_date")]
    [InlineData("DELETE", "?dueOn=soon", null, "due_on_invalid")]
    public async Task what_cannot_be_skipped_says_why(
        string method, string query, string? body, string code, string sentence = "")
    {
        var subscriber = await it.AnyOpenAsync();
        var reply = await it.World.Storefront.AskAsync(
            new HttpMethod(method), $"v1/subscriptions/{subscriber.Id}/skip{query}", body);

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, code == "not_a_due_date" ? "no_schedule" : code),
            (reply.Status, (string)reply.Json["code"]!));
        Assert.Contains(sentence, (string)reply.Json["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_upcoming_is_asked_for_within_bounds_and_of_ones_own_only()
    {
        var subscriber = await it.AnyOpenAsync();
        var upcoming = await Upcoming(subscriber, "");

        Assert.Equal((0, "no_schedule"), (upcoming["upcoming"]!.AsArray().Count, (string)upcoming["end"]!));
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await it.World.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/upcoming?count=121")).Status);
        using var other = it.World.Client("30202", "storefront-key-30202");
        Assert.Equal(
            HttpStatusCode.NotFound, (await other.ReadAsync($"v1/subscriptions/{subscriber.Id}/upcoming")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/skip", null)).Status);
    }

    private static string[] States(JsonNode upcoming) =>
        [.. upcoming["upcoming"]!.AsArray().Select(one => (string)one!["state"]!)];

    private static async Task<JsonNode> Upcoming(Subscriber subscriber, string query) =>
        (await subscriber.World.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/upcoming{query}")).Json;

    private static async Task<JsonNode> Skip(
        Subscriber subscriber, HttpMethod method, JsonNode? body = null, string query = "")
    {
        var reply = await subscriber.World.Storefront.AskAsync(
            method, $"v1/subscriptions/{subscriber.Id}/skip{query}", body);
        Assert.True(reply.Status is HttpStatusCode.OK, reply.Text);

        return reply.Json;
    }
}

using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

public class when_pausing
{
    [Fact]
    public async Task what_falls_due_is_skipped_until_resumed_and_a_repeat_says_nothing_new()
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));

        var paused = await PostAsync(subscriber, "pause");
        Assert.Equal(
            (true, (long)paused["version"]!),
            ((bool)paused["isPaused"]!, (long)(await PostAsync(subscriber, "pause"))["version"]!));
        await world.AdvanceAsync("P10D");

        Assert.Single(await subscriber.Payments());
        Assert.Equal(
            "paused",
            (string)(await subscriber.Events())
                .Last(it => (string)it["type"]! == "charge_skipped")["data"]!["Reason"]!);

        var resumed = await PostAsync(subscriber, "resume");
        Assert.Equal(
            (false, (long)resumed["version"]!),
            ((bool)resumed["isPaused"]!, (long)(await PostAsync(subscriber, "resume"))["version"]!));
        await world.AdvanceAsync("P10D");

        Assert.Equal(2, (await subscriber.Payments()).Length);
        Assert.Equal(
            ["storefront-30201", "storefront-30201"],
            (await subscriber.Events()).Where(it => (string)it["type"]! is "schedule_paused" or "schedule_resumed")
                .Select(it => (string)it["userName"]!));
    }

    [Fact]
    public async Task a_snapshot_that_is_older_than_its_stream_is_not_decided_on()
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));
        var older = await world.QueryAsync<string>(
            "select data::text from mt_doc_subscription where id = $1", subscriber.Id);

        await PostAsync(subscriber, "pause");
        Assert.Equal(1, await world.QueryAsync<int>(
            "update mt_doc_subscription set data = $2::jsonb, mt_version = mt_version - 1 where id = $1 returning 1",
            subscriber.Id, older!));
        await world.AdvanceAsync("P10D");

        await world.AdvanceAsync("P10D");
        Assert.Single(await subscriber.Payments());
        Assert.Equal(
            "paused",
            (string)(await subscriber.Events())
                .Last(it => (string)it["type"]! == "charge_skipped")["data"]!["Reason"]!);
    }

    private static async Task<JsonNode> PostAsync(Subscriber subscriber, string verb)
    {
        using var answer = await subscriber.World.Storefront.PostAsync(
            $"v1/subscriptions/{subscriber.Id}/{verb}", null);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);

        return JsonNode.Parse(text)!;
    }
}

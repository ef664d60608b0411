using System.Net;
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
    public async Task until_a_day_it_ends_by_itself_and_what_was_chosen_becomes_of_what_fell_due()
    {
        await using var world = await World.StartAsync();
        var skipping = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));
        var collecting = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));
        var until = DateOnly.FromDateTime((await world.Sandbox.NowAsync()).UtcDateTime).AddDays(25);
        JsonObject Body(string periods) => new() { ["until"] = $"{until:yyyy-MM-dd}", ["periods"] = periods };

        var paused = await PostAsync(skipping, "pause", Body("skip"));
        Assert.Equal(
            (true, "skip", (long)paused["version"]!),
            ((bool)paused["isPaused"]!, (string)paused["pause"]!["periods"]!,
                (long)(await PostAsync(skipping, "pause", Body("skip")))["version"]!));
        await PostAsync(collecting, "pause", Body("collect"));
        Assert.Equal(["paused", "paused", "charge"], await UpcomingAsync(skipping));
        Assert.Equal(["after_pause", "after_pause", "charge"], await UpcomingAsync(collecting));

        await world.AdvanceAsync("P10D");
        await world.AdvanceAsync("P10D");
        Assert.Single(await skipping.Payments());
        Assert.Single(await collecting.Payments());
        Assert.True((bool)(await collecting.View())["isPaused"]!);

        await world.AdvanceAsync("P5D");
        Assert.False((bool)(await collecting.View())["isPaused"]!);
        Assert.Single(await skipping.Payments());
        Assert.Equal(3, (await collecting.Payments()).Length);

        await world.AdvanceAsync("P5D");
        Assert.Equal(2, (await skipping.Payments()).Length);
        Assert.Equal(
            4, (await collecting.Payments()).Select(payment => (string)payment["dueOn"]!).Distinct().Count());
        Assert.Equal(6, (await world.Sandbox.LedgerAsync()).Count);
        Assert.DoesNotContain("schedule_resumed", await collecting.Story());
        (await world.Billing("audit", "verify")).Ended(0).With("0 differences");
    }

    [Theory]
    [InlineData("""{"until":"1999-01-01"}""", "pause_until_passed", "later day than today")]
    [InlineData("""{"until":"autumn"}""", "date_invalid", "until must be a date like")]
    [InlineData("""{"periods":"forgive"}""", "periods_invalid", "skip or collect")]
    [InlineData("""{"untill":"2030-01-01"}""", "unknown_key", "did you mean 'until'?")]
    public async Task terms_that_cannot_be_kept_say_why(string body, string code, string sentence)
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));
        var reply = await world.Storefront.AskAsync(
            HttpMethod.Post, $"v1/subscriptions/{subscriber.Id}/pause", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (reply.Status, (string)reply.Json["code"]!));
        Assert.Contains(sentence, (string)reply.Json["detail"]!, StringComparison.Ordinal);
        Assert.False((bool)(await subscriber.View())["isPaused"]!);
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

    private static async Task<string[]> UpcomingAsync(Subscriber subscriber) =>
    [
        .. (await subscriber.World.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/upcoming?count=3"))
            .Json["upcoming"]!.AsArray().Select(one => (string)one!["state"]!),
    ];

    private static async Task<JsonNode> PostAsync(Subscriber subscriber, string verb, JsonObject? body = null)
    {
        var reply = await subscriber.World.Storefront.AskAsync(
            HttpMethod.Post, $"v1/subscriptions/{subscriber.Id}/{verb}", body);
        Assert.True(reply.Status is HttpStatusCode.OK, reply.Text);

        return reply.Json;
    }
}

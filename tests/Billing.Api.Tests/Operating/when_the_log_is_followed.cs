using System.Text.Json.Nodes;
using Billing.Api.Operations.TransparencyLog;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
public class when_the_log_is_followed(OneWorld shared)
{
    private World World => shared.World;

    [Fact]
    public async Task every_event_gets_its_place_in_the_feed_and_readiness_shows_how_far_that_is()
    {
        await Subscriber.Open(World, Subscriber.Schedule());
        await UntilAllIsInTheFeedAsync();

        var ready = JsonNode.Parse(await World.Anonymous.GetStringAsync("health/ready"))!;
        var feed = ready["projections"]!.AsArray()
            .Single(one => (string)one!["name"]! == LogSubscription.ProgressName)!;
        Assert.Equal((0, 0.0), ((int)feed["eventsBehind"]!, (double)feed["secondsBehind"]!));
        Assert.Null(feed["reason"]);
    }

    [Fact]
    public async Task a_storefront_follows_its_own_events_page_by_page()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        var (story, all, next) = (await subscriber.Events(), new List<JsonNode>(), 0L);
        for (var tries = 0; all.Count(e => (Guid)e["subscriptionId"]! == subscriber.Id) < story.Length; tries++)
        {
            Assert.True(tries < 2_000, "Not in the feed within a minute.");
            var page = (await World.Storefront.ReadAsync($"v1/feed?after={next}&limit=3")).Json;
            Assert.True(page["events"]!.AsArray().Count <= 3
                && (long)page["next"]! >= next && (long)page["lag"]!["positions"]! >= 0);
            all.AddRange(page["events"]!.AsArray()!);
            if (next == (next = (long)page["next"]!))
            {
                await Task.Delay(100);
            }
        }

        Assert.Equal(all.Select(e => (long)e["position"]!).Distinct().Order(), all.Select(e => (long)e["position"]!));
        foreach (var (notified, recorded) in all.Where(e => (Guid)e["subscriptionId"]! == subscriber.Id).Zip(story))
        {
            Assert.All([
                "version", "id", "type", "happenedAt", "recordedAt", "data", "correlationId", "causationId", "userName"
            ], name => Assert.Equal(recorded[name]?.ToJsonString(), notified[name]?.ToJsonString()));
        }

        Assert.DoesNotContain(
            "jdoe@example.com", string.Concat(all.Select(e => e.ToJsonString())), StringComparison.Ordinal);
        var lag = (await World.Storefront.ReadAsync($"v1/feed?after={next}")).Json["lag"]!;
        Assert.True((double)lag["unsequencedSeconds"]! >= 0 && lag["stoppedAt"] is null);
    }

    [Theory]
    [InlineData("after=-1", "position_invalid")]
    [InlineData("after=x", "position_invalid")]
    [InlineData("limit=0", "limit_invalid")]
    [InlineData("limit=501", "limit_invalid")]
    [InlineData("after=4000000000", "position_unknown")]
    public async Task what_the_feed_never_gave_is_refused(string query, string code)
    {
        var reply = await World.Storefront.ReadAsync($"v1/feed?{query}");
        Assert.Equal((422, code), ((int)reply.Status, (string)reply.Json["code"]!));
        Assert.Equal(401, (int)(await World.Gateway.ReadAsync("v1/feed")).Status);
    }

    private Task UntilAllIsInTheFeedAsync() =>
        Waiting.Until("all is in the feed", () => World.QueryAsync<bool>(
            "select coalesce(max(seq_id), 0) <= (select last_seq_id from "
            + "mt_event_progression where name = $1) from mt_events", LogSubscription.ProgressName));
}

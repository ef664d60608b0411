using System.Text.Json.Nodes;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
public class when_the_log_is_followed(OneWorld shared)
{
    private World World => shared.World;

    [Fact]
    public async Task every_event_gets_its_place_in_the_feed_and_readiness_tells_how_far_that_is()
    {
        await Subscriber.Open(World, Subscriber.Schedule());
        await UntilAllIsInTheFeedAsync();

        var feed = JsonNode.Parse(await World.Anonymous.GetStringAsync("health/ready"))!["projections"]!.AsArray().Single()!;
        Assert.Equal(("event_feed", 0), ((string)feed["name"]!, (int)feed["failures"]!));
        Assert.Null(feed["stoppedAt"]);
        Assert.Equal(await World.Books.ScalarAsync("select count(*) from event_feed"), await World.Books.ScalarAsync("select max(position) from event_feed"));
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
            Assert.True(page["events"]!.AsArray().Count <= 3 && (long)page["next"]! >= next && (long)page["lag"]!["positions"]! >= 0);
            all.AddRange(page["events"]!.AsArray()!);
            if (next == (next = (long)page["next"]!))
            {
                await Task.Delay(100);
            }
        }

        Assert.Equal(all.Select(e => (long)e["position"]!).Distinct().Order(), all.Select(e => (long)e["position"]!));
        foreach (var (told, recorded) in all.Where(e => (Guid)e["subscriptionId"]! == subscriber.Id).Zip(story))
        {
            Assert.All(["version", "id", "type", "happenedAt", "recordedAt", "data", "correlationId", "causationId", "userName"], name => Assert.Equal(recorded[name]?.ToJsonString(), told[name]?.ToJsonString()));
        }

        Assert.DoesNotContain("jdoe@example.com", string.Concat(all.Select(e => e.ToJsonString())), StringComparison.Ordinal);
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
        var said = await World.Storefront.ReadAsync($"v1/feed?{query}");
        Assert.Equal((422, code), ((int)said.Status, (string)said.Json["code"]!));
        Assert.Equal(401, (int)(await World.Gateway.ReadAsync("v1/feed")).Status);
    }

    [Fact]
    public async Task a_stopped_projection_is_shown_and_resumed()
    {
        await World.UntilIdle();
        await UntilAllIsInTheFeedAsync();
        await World.Books.DoAsync(
            """
            update log_readers set failures = 4, reason = 'InvalidDataException', failed_at_event = '30201/x version 1', stopped_at = clock_timestamp(), retry_at = clock_timestamp() + interval '1 hour'
            """);

        (await World.Billing("projections", "list")).Ended(0).With("event_feed").With("stopped since").With("30201/x version 1: InvalidDataException");
        var ready = JsonNode.Parse(await World.Anonymous.GetStringAsync("health/ready"))!;
        Assert.Equal(("ready", "InvalidDataException"), ((string)ready["status"]!, (string)ready["projections"]![0]!["reason"]!));

        (await World.Billing("projections", "resume", "nothing")).Ended(1);
        (await World.Billing("projections", "resume", "event_feed")).Ended(0).With("event_feed is tried again");
        (await World.Billing("projections", "list")).Ended(0).Without("stopped since");
    }

    private Task UntilAllIsInTheFeedAsync() =>
        Books.Until("all is in the feed", () => World.AskBooksAsync<bool>("select not exists (select from mt_events e where not exists (select from event_feed f where f.seq_id = e.seq_id))"));
}

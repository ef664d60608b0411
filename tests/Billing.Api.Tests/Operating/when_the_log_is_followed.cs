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
        for (var tries = 0; (long)(await World.Books.ScalarAsync("select count(*) from mt_events e where not exists (select from event_feed f where f.seq_id = e.seq_id)"))! > 0; tries++)
        {
            Assert.True(tries < 600, "Not in the feed within 60 seconds.");
            await Task.Delay(100);
        }

        var feed = JsonNode.Parse(await World.Anonymous.GetStringAsync("health/ready"))!["projections"]!.AsArray().Single()!;
        Assert.Equal(("event_feed", 0), ((string)feed["name"]!, (int)feed["failures"]!));
        Assert.Null(feed["stoppedAt"]);
        Assert.Equal(await World.Books.ScalarAsync("select count(*) from event_feed"), await World.Books.ScalarAsync("select max(position) from event_feed"));
    }

    [Fact]
    public async Task a_stopped_projection_is_shown_and_resumed()
    {
        await World.UntilIdle();
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
}

using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(GuardedCollection.Name)]
public class when_the_clock_of_a_node_is_wrong(GuardedWorld shared)
{
    // Every duty reads the time at each of its intervals.
    private const int Readings = 300;

    private World World => shared.World;

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task a_jump_of_three_days_charges_nothing_early_is_reported_and_ends_with_the_right_time(int days)
    {
        var tomorrow = (await World.Sandbox.NowAsync()).AddDays(1);
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule(firstDueOn: $"{tomorrow:yyyy-MM-dd}"));
        var retried = await World.OpenMeeting("decline");
        var unknown = await Subscriber.Open(World);
        await unknown.Misbehave("charge", "act_then_500");
        await unknown.Misbehave("notify", "lose_notification", times: null);
        await unknown.Charge($"unknown-{unknown.GatewayId}");
        await World.UntilIdle();
        Subscriber[] all = [subscriber, retried, unknown];
        var stories = await StoriesAsync(all);
        Assert.Equal(
            ["schedule_set", "retry_scheduled", "payment_outcome_unknown"], stories.Select(story => story[^1]));
        shared.Clock.SetAhead(TimeSpan.FromDays(days));

        try
        {
            var (status, reason) = await ReadyAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains(
                "clock differs from the database's by more than 60 seconds", reason, StringComparison.Ordinal);

            var before = shared.Clock.Readings;
            await Waiting.Until(
                "the duties have looked at the time often",
                () => Task.FromResult(shared.Clock.Readings > before + Readings));
            Assert.Equal(stories, await StoriesAsync(all));
        }
        finally
        {
            shared.Clock.SetAhead(TimeSpan.Zero);
        }

        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync()).Status);

        // At five minutes the look-up, after a day the due date and the retry.
        await World.Sandbox.AdvanceAsync("PT6M");
        await World.UntilIdle();
        Assert.Equal(["charged"], await unknown.Statuses());
        await World.AdvanceAsync("P1D");

        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal(["failed", "charged"], await retried.Statuses());
        Assert.Contains(
            shared.Log.All, line => line.StartsWith("This node's clock differs from", StringComparison.Ordinal));
    }

    private static Task<string[][]> StoriesAsync(Subscriber[] all) => Task.WhenAll(all.Select(one => one.Story()));

    private async Task<(HttpStatusCode Status, string Reason)> ReadyAsync()
    {
        using var answer = await World.Anonymous.GetAsync("health/ready");
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        return (answer.StatusCode, (string?)body["reason"] ?? "");
    }
}

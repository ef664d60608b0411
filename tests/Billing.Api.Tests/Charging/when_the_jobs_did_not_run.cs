using System.Net;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

/// <summary>What held at the due instant decides, not what holds when a sweep comes at last.</summary>
public class when_the_jobs_did_not_run
{
    private static readonly Dictionary<string, string?> WithoutJobs = new() { ["Jobs__Enabled"] = "false" };

    [Fact]
    public async Task a_pause_covers_the_dates_in_it_and_a_new_price_those_after_it()
    {
        var clock = new Dictionary<string, string?> { ["Sandbox__ClockStart"] = "2030-01-10T12:00:00Z" };
        await using var world = await World.StartAsync(clock);
        var paused = await Subscriber.Open(world, Subscriber.Schedule(catchUp: "bill_all"));
        var dearer = await Subscriber.Open(world, Subscriber.Schedule(catchUp: "bill_all"));
        var (pausedLate, dueLate) = (await Subscriber.Open(world, Subscriber.Schedule()), "2030-02-10");
        await world.StopServiceAsync();
        await world.StartServiceAsync(WithoutJobs);

        // Due on 10 February in one pause and before the other, on 10 March after both; a new price from March on.
        await PostAsync(paused, "pause");
        await PassAsync(world, "P1M1D");
        await PostAsync(paused, "resume");
        await PostAsync(pausedLate, "pause");
        Assert.Equal(
            HttpStatusCode.Created, (await dearer.Change(Subscriber.Schedule(5990, catchUp: "bill_all"))).Status);
        await PassAsync(world, "P20D");
        await PostAsync(pausedLate, "resume");
        await PassAsync(world, "P10D");
        await world.StopServiceAsync();
        await world.StartServiceAsync();
        await Subscribers.Until(
            async () => (await paused.View())["nextDue"] is { } next && (string)next["on"]! == "2030-04-10");
        await world.UntilIdle();

        Assert.Equal(["2030-01-10", "2030-03-10"], await paused.ChargedOn());
        Assert.Equal([$"{dueLate} paused"], await paused.Skipped());
        Assert.Equal(
            ["2030-01-10 4990", "2030-02-10 4990", "2030-03-10 5990"],
            (await dearer.Payments()).Select(it => $"{it["dueOn"]} {it["amountMinor"]}"));
        Assert.Equal([$"{dueLate} superseded"], await pausedLate.Skipped());
        var explained = await world.Storefront.ReadAsync($"v1/subscriptions/{paused.Id}/explain?date={dueLate}");
        Assert.Contains("from 2030-01-10 12:", explained.Text, StringComparison.Ordinal);
        Assert.Contains(" until 2030-02-11 12:", explained.Text, StringComparison.Ordinal);
        explained = await world.Storefront.ReadAsync($"v1/subscriptions/{pausedLate.Id}/explain?date={dueLate}");
        var before = explained.Json;
        Assert.Equal(("skipped", "superseded"), ((string)before["decision"]!, (string)before["reason"]!));
        Assert.NotEmpty(before["sentences"]!.AsArray());
        Assert.DoesNotContain("paused", before["sentences"]!.ToJsonString(), StringComparison.Ordinal);
        await Witness.OneTruthAsync(world, paused, dearer, pausedLate);
    }

    // Both clocks: being asked whether it is idle, the service follows the simulator's.
    private static async Task PassAsync(World world, string duration)
    {
        await world.Sandbox.AdvanceAsync(duration);
        await world.Anonymous.GetStringAsync("sandbox/idle");
    }

    private static async Task PostAsync(Subscriber subscriber, string verb)
    {
        using var answer = await subscriber.World.Storefront.PostAsync(
            $"v1/subscriptions/{subscriber.Id}/{verb}", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}

using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_notifying
{
    [Fact]
    public async Task only_204_is_an_acknowledgement()
    {
        await using var world = await World.StartAsync();
        world.Merchant.Answers = n => n switch { 1 => 500, 2 => 200, _ => 204 };

        await world.AnOpenPreapprovalAsync();
        var received = await world.Merchant.ReceivedAsync(3);
        await world.UntilIdleAsync();

        Assert.Single(received.Select(r => r.Body).Distinct());
        var shown = await NotificationAsync(world);
        Assert.Equal("Acknowledged", shown.Text("state"));
        Assert.Equal(
            ["500", "200", "204"], shown.GetProperty("attempts").EnumerateArray().Select(a => a.Text("answer")!));
        Assert.Equal(3, world.Merchant.All.Count);
    }

    [Fact]
    public async Task a_quick_retry_is_not_idle_and_a_slow_one_waits_for_the_clock()
    {
        await using var world = await World.StartAsync();
        world.Merchant.Answers = n => n <= 4 ? 500 : 204;
        await world.AnOpenPreapprovalAsync();
        await world.Merchant.ReceivedAsync(3);

        var idleBetween = (await world.ToolAsync(HttpMethod.Get, "/sandbox/idle")).Json;
        await world.Merchant.ReceivedAsync(4);
        await world.UntilIdleAsync();
        var waiting = await NotificationAsync(world);
        Assert.Contains(
            "by the clock above", (await world.ToolAsync(HttpMethod.Get, "/sandbox?view=notifications")).Text,
            StringComparison.Ordinal);
        await world.AdvanceAsync("PT20S");
        var early = world.Merchant.All.Count;
        await world.AdvanceAsync("PT41S");
        await world.Merchant.ReceivedAsync(5);
        await world.UntilIdleAsync();

        Assert.Equal(
            (false, 1), (idleBetween.GetProperty("idle").GetBoolean(), idleBetween.Int("pendingNotifications")));
        Assert.Equal("Waiting", waiting.Text("state"));
        Assert.Equal(4, early);
        Assert.Equal("Acknowledged", (await NotificationAsync(world)).Text("state"));
    }

    [Fact]
    public async Task it_is_given_up_after_seven_days()
    {
        await using var world = await World.StartAsync();
        world.Merchant.Answers = _ => 500;
        await world.AnOpenPreapprovalAsync();
        await world.Merchant.ReceivedAsync(4);
        await world.UntilIdleAsync();

        await world.AdvanceAsync("P8D");
        await world.Merchant.ReceivedAsync(5);
        await world.UntilIdleAsync();

        Assert.Equal("GivenUp", (await NotificationAsync(world)).Text("state"));
    }

    [Fact]
    public async Task it_can_be_sent_again()
    {
        await using var world = await World.StartAsync();
        await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();

        var resent = await world.ToolAsync(HttpMethod.Post, "/sandbox/notifications/1/resend");

        Assert.Equal(HttpStatusCode.Accepted, resent.Status);
        var received = await world.Merchant.ReceivedAsync(2);
        Assert.Equal(received[0].Body, received[1].Body);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await world.ToolAsync(HttpMethod.Post, "/sandbox/notifications/9/resend")).Status);
    }

    [Fact]
    public async Task an_unreachable_merchant_slows_no_other_down()
    {
        await using var world =
            await World.StartAsync("Sites:30201:NotificationUrl=http://127.0.0.1:9/v1/notifications");
        var open = await world.AnOpenPreapprovalAsync();

        await Parallel.ForEachAsync(
            Enumerable.Range(1, 500),
            async (i, _) => Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(open, $"t{i}")).Status));
        await world.UntilIdleAsync();

        var notifications = (await world.ToolAsync(HttpMethod.Get, "/sandbox/notifications"))
            .Json.GetProperty("notifications")
            .EnumerateArray()
            .ToArray();
        Assert.Equal(501, notifications.Length);
        Assert.All(
            notifications,
            n => Assert.Equal(("Waiting", 4), (n.Text("state"), n.GetProperty("attempts").GetArrayLength())));
    }

    private static async Task<JsonElement> NotificationAsync(World world) =>
        (await world.ToolAsync(HttpMethod.Get, "/sandbox/notifications")).Json.GetProperty("notifications")[0];
}

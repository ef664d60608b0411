using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_notification_is_bent
{
    private static readonly string Right = Convert.ToBase64String("30201:gateway-key-30201"u8);

    [Fact]
    public async Task a_lost_notification_is_never_sent_until_someone_resends_it()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"lose_notification"}""");

        var charged = await world.ChargeAsync(open);
        await world.UntilIdleAsync();

        Assert.Equal(2, StatusOf(charged));
        Assert.Single(world.Merchant.All);
        await world.ToolAsync(HttpMethod.Post, "/sandbox/notifications/2/resend");
        Assert.Contains("\"Payment\"", (await world.Merchant.ReceivedAsync(2))[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_lost_open_notification_belongs_to_the_create_call()
    {
        await using var world = await World.StartAsync();
        await world.RuleAsync("""{"operation":"create","action":"lose_notification"}""");

        var open = await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();

        Assert.Empty(world.Merchant.All);
        Assert.Equal(2, (await world.GetAsync($"/v1/preapprovals/{open}")).Preapproval.GetProperty("Status").Int("ID"));
    }

    [Fact]
    public async Task notify_twice_sends_the_same_body_twice()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"notify_twice"}""");

        await world.ChargeAsync(open);
        await world.UntilIdleAsync();

        var payments = world.Merchant.All.Where(n => n.Body.StartsWith("{\"Payment\"", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(2, payments.Length);
        Assert.Equal(payments[0].Body, payments[1].Body);
    }

    [Fact]
    public async Task notify_late_waits_for_its_days()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();
        await world.RuleAsync("""{"operation":"charge","action":"notify_late","afterDays":2}""");

        Assert.Equal(2, StatusOf(await world.ChargeAsync(open)));
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();
        Assert.Single(world.Merchant.All);
        await world.AdvanceAsync("P1DT1S");
        await world.Merchant.ReceivedAsync(2);
    }

    [Theory]
    [InlineData("notify_reordered", "2 7")]
    [InlineData("notify_old", "7")]
    [InlineData("notify_forged", "22 2")]
    public async Task a_notification_may_be_overtaken_outdated_or_forged(string action, string statuses)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();
        world.Merchant.Answers = n =>
            world.Merchant.All.ElementAt(n - 1).Authorization.Contains(Right, StringComparison.Ordinal) ? 204 : 401;
        await world.RuleAsync($$"""{"operation":"notify","action":"{{action}}","merchantTransactionId":"t*"}""");

        await world.ChargeAsync(open);
        await world.UntilIdleAsync();

        var notified = world.Merchant.All.Skip(1).ToArray();
        Assert.Equal(
            statuses,
            string.Join(
                ' ',
                notified.Select(
                    n => JsonSerializer.Deserialize<JsonElement>(n.Body).GetProperty("Payment").GetProperty("Status")
                        .Int("ID"))));
        Assert.Equal(
            action == "notify_forged" ? [false, true] : notified.Select(_ => true),
            notified.Select(n => n.Authorization.Contains(Right, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task a_forged_notification_is_tried_once_and_the_true_one_until_it_arrives()
    {
        await using var world = await World.StartAsync();
        world.Merchant.Answers = n => n <= 2 ? 500 : 204;
        await world.RuleAsync("""{"operation":"notify","action":"notify_forged"}""");

        await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();

        var notifications = (await world.ToolAsync(HttpMethod.Get, "/sandbox/notifications"))
            .Json.GetProperty("notifications")
            .EnumerateArray()
            .ToArray();
        Assert.Equal(
            ["GivenUp 1", "Acknowledged 2"],
            notifications.Select(n => $"{n.Text("state")} {n.GetProperty("attempts").GetArrayLength()}"));
    }

    private static int StatusOf(Reply reply) => reply.Payment.GetProperty("Status").Int("ID");
}

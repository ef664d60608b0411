using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Notifying;

/// <summary>By default a notification about money counts only once the gateway confirms it.</summary>
[Collection(AskingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_the_gateway_is_asked_first(OneWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_success_that_the_gateway_does_not_know_of_moves_nothing()
    {
        var (subscriber, id, payment) = await Pending();
        var story = await subscriber.Story();

        var forged = await world.NotifyAsync(Notified.Payment(id, 2, payment, preapprovalId: subscriber.GatewayId));

        Assert.Equal("parked: unconfirmed_says_less", await world.FateAsync(forged));
        Assert.Equal(story, await subscriber.Story());
        Assert.Equal("pending", (string)Assert.Single(await subscriber.Payments())["status"]!);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(26)]
    public async Task money_that_went_back_nowhere_is_not_taken_from_the_merchant(int status)
    {
        var subscriber = await Subscriber.Open(world);
        var id = $"paid-{subscriber.Id:N}";
        var (_, body) = await subscriber.Charge(id);
        await world.UntilIdle();
        var story = await subscriber.Story();

        var forged = await world.NotifyAsync(
            Notified.Payment(id, status, (int)body["Payment"]!["ID"]!, preapprovalId: subscriber.GatewayId));

        Assert.Equal("parked: unconfirmed_says_less", await world.FateAsync(forged));
        Assert.Equal(story, await subscriber.Story());
        Assert.Equal("charged", (string)Assert.Single(await subscriber.Payments())["status"]!);
    }

    [Fact]
    public async Task a_close_that_the_gateway_does_not_know_of_leaves_the_preapproval_open()
    {
        var subscriber = await Subscriber.Open(world);
        var story = await subscriber.Story();

        var forged = await world.NotifyAsync(Notified.Mandate(subscriber, 4));

        Assert.Equal("parked: unconfirmed_says_less", await world.FateAsync(forged));
        Assert.Equal(story, await subscriber.Story());
        Assert.Equal("open", (string)(await subscriber.View())["status"]!);
    }

    [Fact]
    public async Task a_close_that_the_gateway_does_not_know_of_ends_no_preapproval_that_waits_for_its_customer()
    {
        var subscriber = await Subscriber.Pending(world);

        var forged = await world.NotifyAsync(Notified.Mandate(subscriber, 4));

        Assert.Equal("parked: unconfirmed_says_less", await world.FateAsync(forged));
        Assert.Equal("pending", (string)(await subscriber.View())["status"]!);
        await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        await world.UntilIdle();
        Assert.Equal("open", (string)(await subscriber.View())["status"]!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task a_notification_that_the_gateway_does_not_know_of_settles_no_create_under_way(int status)
    {
        var name = $"under-way-{Guid.NewGuid():N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create", ["action"] = "slow", ["merchantPreapprovalId"] = name, ["delayMs"] = 3_000,
        });
        var creating = world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name));
        await Waiting.Until("the create is under way", () => world.QueryAsync<bool>(
            "select exists (select from subscriptions where merchant_preapproval_id = $1)", name));

        var forgedId = 999_000_000 + status;

        var forged = await world.NotifyAsync(Notified.Mandate(forgedId, name, status));

        var created = await creating;
        Assert.True(created.Status is HttpStatusCode.Created, created.Text);
        Assert.NotEqual(forgedId, (int)created.Preapproval["ID"]!);
        Assert.Equal("pending", (string)(await world.Storefront.ReadAsync(
            $"v1/subscriptions?merchantPreapprovalId={name}")).Json["subscriptions"]![0]!["status"]!);
        Assert.StartsWith("parked: ", await world.FateAsync(forged), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_notification_with_only_the_gateways_payment_id_finds_its_payment()
    {
        var (subscriber, _, payment) = await Pending();
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify", ["action"] = "lose_notification", ["preapprovalId"] = subscriber.GatewayId,
        });
        await world.Sandbox.PostAsync($"sandbox/payments/{payment}/status", new JsonObject { ["statusId"] = 2 });
        var body = Notified.Payment("", 2, payment, preapprovalId: subscriber.GatewayId);
        body["Payment"]!["MerchantTransactionID"] = null;

        Assert.Equal("matched", await world.FateAsync(await world.NotifyAsync(body)));
        Assert.Equal("charged", (string)Assert.Single(await subscriber.Payments())["status"]!);
    }

    [Fact]
    public async Task a_failure_that_the_gateway_knows_to_be_a_success_is_recorded_as_what_it_is()
    {
        var (subscriber, id, payment) = await Pending();
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify", ["action"] = "lose_notification", ["merchantTransactionId"] = id
        });
        await world.Sandbox.PostAsync($"sandbox/payments/{payment}/status", new JsonObject { ["statusId"] = 2 });

        var forged = await world.NotifyAsync(Notified.Payment(id, 4, payment, preapprovalId: subscriber.GatewayId));

        Assert.Equal("matched", await world.FateAsync(forged));
        var paid = Assert.Single(await subscriber.Payments());
        Assert.Equal(("charged", "look_up"), ((string)paid["status"]!, (string)paid["learntFrom"]!));
        Assert.Equal($"{forged}", (string)(await subscriber.Events())[^1]["causationId"]!);
    }

    [Fact]
    public async Task a_true_one_is_applied_as_what_was_learnt_from_it()
    {
        var (subscriber, _, payment) = await Pending();

        await world.Sandbox.PostAsync($"sandbox/payments/{payment}/status", new JsonObject { ["statusId"] = 2 });
        await world.UntilIdle();

        var paid = Assert.Single(await subscriber.Payments());
        Assert.Equal(("charged", "notification"), ((string)paid["status"]!, (string)paid["learntFrom"]!));
    }

    [Fact]
    public async Task while_it_cannot_be_asked_the_notification_waits_others_do_not_and_it_is_applied_by_itself()
    {
        var (subscriber, id, payment) = await Pending();
        var other = await Subscriber.Pending(world);
        await world.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "find", ["action"] = "error_500", ["merchantTransactionId"] = id });

        await world.Sandbox.PostAsync($"sandbox/payments/{payment}/status", new JsonObject { ["statusId"] = 2 });
        await world.Sandbox.ApproveAsync(other.GatewayId);
        await world.UntilIdle();

        Assert.Equal("open", (string)(await other.View())["status"]!);
        Assert.Equal("pending", (string)Assert.Single(await subscriber.Payments())["status"]!);
        Assert.Equal(
            "parked: unconfirmed_not_asked",
            await world.QueryAsync<string>(
                "select concat_ws(': ', status, reason) from notifications where reference = "
                + "$1 order by received_at desc limit 1",
                id));

        await world.Sandbox.BehaveAsync();
        await Waiting.Until(
            "the charge is charged",
            async () => (string)Assert.Single(await subscriber.Payments())["status"]! == "charged");
        await Waiting.Until(
            "the notification is matched",
            async () => await world.QueryAsync<bool>(
                "select bool_or(outcome = 'applied') from notifications where reference = $1", id));
    }

    // Its result comes in ten years, unless a test says otherwise.
    private async Task<(Subscriber, string Id, int Payment)> Pending()
    {
        var subscriber = await Subscriber.Open(world);
        var id = $"wait-{subscriber.Id:N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge",
            ["action"] = "pending_then_success",
            ["merchantTransactionId"] = id,
            ["afterDays"] = 4000,
        });
        var (_, body) = await subscriber.Charge(id);

        return (subscriber, id, (int)body["Payment"]!["ID"]!);
    }
}

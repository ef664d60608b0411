using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Tests.Seeds;
using Billing.Api.Tests.Specs;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_it_fits_nothing_yet(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_name_longer_than_any_index_takes_is_parked_and_keeps_no_other_from_its_stream()
    {
        var subscriber = await Subscriber.Pending(world);

        var tooLong = world.NotifyAsync(
            Notified.Mandate(930_001, string.Concat(Enumerable.Range(0, 2_000).Select(n => $"{n} ")), 2));
        var other = world.NotifyAsync(Notified.Mandate(subscriber, 2));

        Assert.Equal("parked: not_known_yet", await world.FateAsync(await tooLong));
        Assert.Equal("matched", await world.FateAsync(await other));
    }

    [Fact]
    public async Task an_opening_waits_until_its_preapproval_is_known_and_then_applies_by_itself()
    {
        var made = Seed.Changed(
            "create_46", it => (it["ID"], it["MerchantPreapprovalID"]) = (910_001, "made-elsewhere"));
        await world.Sandbox.PostAsync(
            "sandbox/fixtures", new JsonObject { ["Preapprovals"] = new JsonArray(made["Preapproval"]!.DeepClone()) });
        var notification = await world.NotifyAsync(Notified.Mandate(910_001, "made-elsewhere", 2));
        Assert.Equal("parked: not_known_yet", await world.FateAsync(notification));
        Assert.Equal(HttpStatusCode.NotFound, (await world.Storefront.ReadAsync("v1/preapprovals/910001")).Status);

        await world.Services.GetRequiredService<Recovery>().RunAsync("30201", 50, "test", default);

        await Waiting.Until(
            "the preapproval is open",
            async () => (int)(await world.Storefront.ReadAsync(
                "v1/preapprovals/910001")).Preapproval["Status"]!["ID"]! == 2);
        await Waiting.Until(
            "the notification is matched", async () => await world.FateAsync(notification) == "matched");
    }

    [Fact]
    public async Task a_success_waits_until_its_charge_is_known_and_then_applies_by_itself()
    {
        var subscriber = await Subscriber.Open(world);
        var id = $"early-{subscriber.Id:N}";
        var notification = await world.NotifyAsync(Notified.Payment(id, 2, preapprovalId: subscriber.GatewayId));
        Assert.Equal("parked: not_known_yet", await world.FateAsync(notification));

        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge",
            ["action"] = "pending_then_success",
            ["merchantTransactionId"] = id,
            ["afterDays"] = 4000,
        });
        await subscriber.Charge(id);

        await Waiting.Until(
            "the charge is charged",
            async () => (string)Assert.Single(await subscriber.Payments())["status"]! == "charged");
        await Waiting.Until(
            "the notification is matched", async () => await world.FateAsync(notification) == "matched");
        Assert.Equal("notification", (string)Assert.Single(await subscriber.Payments())["learntFrom"]!);
    }

    [Fact]
    public async Task what_does_not_say_what_was_asked_is_parked_and_moves_no_money()
    {
        var subscriber = await Subscriber.Open(world);
        var id = $"other-{subscriber.Id:N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge",
            ["action"] = "pending_then_success",
            ["merchantTransactionId"] = id,
            ["afterDays"] = 4000,
        });
        var (_, body) = await subscriber.Charge(id);
        var payment = (int)body["Payment"]!["ID"]!;
        var story = await subscriber.Story();

        Assert.Equal(
            "parked: mismatch_amount",
            await world.FateAsync(await world.NotifyAsync(Notified.Payment(id, 2, payment, hundredths: 101))));
        Assert.Equal(
            "parked: mismatch_payment_id",
            await world.FateAsync(await world.NotifyAsync(Notified.Payment(id, 2, payment + 1))));
        Assert.Equal(
            "parked: mismatch_preapproval",
            await world.FateAsync(
                await world.NotifyAsync(Notified.Payment(id, 2, payment, preapprovalId: subscriber.GatewayId + 1))));
        Assert.Equal(
            "parked: mismatch_preapproval_id",
            await world.FateAsync(await world.NotifyAsync(
                Notified.Mandate(subscriber.GatewayId + 5_000_000, subscriber.MerchantPreapprovalId, 4))));

        Assert.Equal(story, await subscriber.Story());
        Assert.Equal(
            ("open", "pending"),
            (
                (string)(await subscriber.View())["status"]!,
                (string)Assert.Single(await subscriber.Payments())["status"]!));
    }

    // A node that was paused writes what it found before another one matched it.
    [Fact]
    public async Task a_notification_that_was_matched_meanwhile_is_not_parked()
    {
        var id = await world.NotifyAsync(Notified.Mandate(await Subscriber.Open(world), 2));
        var fate = await world.FateAsync(id);
        var store = world.Services.GetRequiredService<IDocumentStore>();
        await using var session = store.LightweightSession("30201");
        var stale = (await session.LoadAsync<Notification>(id))! with { Status = Notification.Received };

        session.TryUpdateRevision(stale with { Status = Notification.Parked, Reason = "not_known_yet" }, stale.Version);
        await session.SaveChangesAsync();

        Assert.Equal(fate, await world.FateAsync(id));
        Assert.StartsWith("matched", fate);
    }

    [Theory]
    [InlineData("Refund")]
    [InlineData("Dispute")]
    [InlineData("Payout")]
    [InlineData("SomethingNew")]
    public async Task a_kind_that_no_rule_acts_on_is_kept(string root)
    {
        var body = new JsonObject { [root] = new JsonObject { ["ID"] = 1, ["Email"] = "jdoe@example.com" } };

        var notification = await world.NotifyAsync(body);

        Assert.StartsWith("kept: ", await world.FateAsync(notification));
        Assert.Equal(
            root, await world.QueryAsync<string>("select kind from notifications where id = $1", notification));
        Assert.Equal(
            body.ToJsonString(),
            System.Text.Encoding.UTF8.GetString((await world.Services.GetRequiredService<NotificationBodies>()
                .FindAsync("30201", notification, default))!.Body));
    }
}

using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_it_cannot_be_stored(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task it_is_never_acknowledged_and_the_gateways_next_try_is_taken()
    {
        var subscriber = await Subscriber.Pending(world);
        await world.QueryAsync<object>("alter table mt_doc_notification rename to mt_doc_notification_away");

        try
        {
            var reply = await world.Gateway.PostBodyAsync("v1/notifications", Notified.Mandate(subscriber, 2));
            BrokenBodies.AssertClear(reply, 500);
            Assert.DoesNotContain("mt_doc", reply.Text);

            await world.Sandbox.ApproveAsync(subscriber.GatewayId);
            await Waiting.Until("the gateway was turned away", async () => (await Attempts(subscriber)).Length > 0);
            Assert.All(await Attempts(subscriber), answer => Assert.Equal("500", answer));
        }
        finally
        {
            await world.QueryAsync<object>("alter table mt_doc_notification_away rename to mt_doc_notification");
        }

        await world.UntilIdle();
        Assert.Equal("204", (await Attempts(subscriber))[^1]);
        Assert.Equal("open", (string)(await subscriber.View())["status"]!);
    }

    private async Task<string[]> Attempts(Subscriber subscriber) =>
        [.. (await world.Sandbox.GetAsync("sandbox/notifications"))["notifications"]!
            .AsArray()
            .Last(n => (int)n!["objectId"]! == subscriber.GatewayId)!["attempts"]!
            .AsArray()
            .Select(a => (string)a!["answer"]!)];
}

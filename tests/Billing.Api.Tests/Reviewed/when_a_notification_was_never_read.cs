using System.Text;
using Billing.Api.Forgetting;
using Billing.Api.Notifying;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;
using Billing.EventStore;
using Billing.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Reviewed;

[Collection(NotifyingHouse.Name)]
public class when_a_notification_was_never_read(BelievingWorld house)
{
    private readonly World world = house.World;

    [Fact]
    public async Task its_row_without_a_message_is_read_after_all()
    {
        var subscriber = await Subscriber.Open(world);

        var id = await Keep(subscriber, ageMinutes: 20);

        await Books.Until("it is matched", async () => await world.FateAsync(id) == "matched");
        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
    }

    [Fact]
    public async Task a_forgetting_between_two_deliveries_loses_no_news()
    {
        var subscriber = await Subscriber.Open(world);
        var command = new ApplyNotification("30201", await Keep(subscriber, ageMinutes: 0));

        // As a process that dies before its commit: the first delivery decided, and nothing was written.
        Assert.IsType<HandlerResult.Apply>(await Deliver(command));
        Assert.True(await world.Services.GetRequiredService<ForgetCustomer>().RunAsync(new StreamKey("30201", subscriber.Id), "dpo", default));
        Assert.IsType<HandlerResult.Apply>(await Deliver(command));

        await world.AskBooksAsync<object>("update notifications set received_at = received_at - interval '20 minutes' where id = $1", command.NotificationId);
        await Books.Until("it is matched", async () => await world.FateAsync(command.NotificationId) == "matched");
        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
        Assert.True(await world.AskBooksAsync<bool>("select body is null and wrapped_key is null from notifications where id = $1", command.NotificationId));
    }

    private Task<HandlerResult> Deliver(ApplyNotification command) => world.Services.GetRequiredService<ApplyNotificationHandler>()
        .Handle(command, new Delivery(Guid.NewGuid(), 1, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(30), null, null), default);

    // As it stands when its message is gone.
    private async Task<Guid> Keep(Subscriber subscriber, int ageMinutes)
    {
        var id = Guid.CreateVersion7();
        var (body, key) = world.Services.GetRequiredService<Sealer>().SealBlob(Encoding.UTF8.GetBytes(Notified.Mandate(subscriber, 4).ToJsonString()), $"30201/notification/{id}");
        await world.AskBooksAsync<object>(
            "insert into notifications (id, tenant_id, received_at, body, wrapped_key, headers) values ($1, '30201', clock_timestamp() - make_interval(mins => $2), $3, $4, '{}')", id, ageMinutes, body, key);

        return id;
    }
}

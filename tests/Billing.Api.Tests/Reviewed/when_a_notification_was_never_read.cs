using System.Text;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Reviewed;

[Collection(NotifyingCollection.Name)]
public class when_a_notification_was_never_read(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_notification_without_a_message_is_applied_after_all()
    {
        var subscriber = await Subscriber.Open(world);

        var id = await KeepAsync(subscriber, ageMinutes: 20);

        await Waiting.Until("it is matched", async () => await world.FateAsync(id) == "matched");
        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
    }

    [Fact]
    public async Task forgetting_the_customer_before_it_is_applied_loses_none()
    {
        var subscriber = await Subscriber.Open(world);
        var id = await KeepAsync(subscriber, ageMinutes: 0);
        Assert.True(
            await world.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", subscriber.Id, "dpo", default));

        await world.Services.GetRequiredService<NotificationApplier>()
            .ApplyAsync("30201", [id], isAgain: false, default);

        Assert.Equal("matched", await world.FateAsync(id));
        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
        Assert.True(await world.QueryAsync<bool>("select body is null from notifications where id = $1", id));
    }

    // The state after its message was lost.
    private async Task<Guid> KeepAsync(Subscriber subscriber, int ageMinutes)
    {
        var (id, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow.AddMinutes(-ageMinutes));
        var body = world.Services.GetRequiredService<NotificationBodies>()
            .Seal("30201", id, "{}", Encoding.UTF8.GetBytes(Notified.Mandate(subscriber, 4).ToJsonString()));
        await using var session = world.Services.GetRequiredService<IDocumentStore>().LightweightSession("30201");
        session.Insert(new Notification { Id = id, ReceivedAt = now, Body = body });
        await session.SaveChangesAsync();

        return id;
    }
}

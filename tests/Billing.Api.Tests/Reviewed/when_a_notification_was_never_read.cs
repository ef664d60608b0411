using System.Text;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Tests.Auditing;
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

    [Fact]
    public async Task one_that_cannot_be_applied_holds_up_no_other_message_that_is_applied_with_it()
    {
        Subscriber[] subscribers =
            [await Subscriber.Open(world), await Subscriber.Open(world), await Subscriber.Open(world)];
        var ids = await Task.WhenAll(subscribers.Select(subscriber => KeepAsync(subscriber, ageMinutes: 0)));
        await world.DataSource.DoAsync(
            $"""
            create function refuse() returns trigger language plpgsql as
                'begin if new.stream_id = ''{subscribers[1].Id}'' then raise ''refused by the test''; end if;
                return new; end';
            create trigger refuse before insert on mt_events for each row execute function refuse()
            """);
        var messages = world.Services.GetRequiredService<NotificationMessages>();
        var faults = await Task.WhenAll(ids.Select(id => Record.ExceptionAsync(
            () => messages.ApplyAsync(new ApplyNotifications("30201", [id]), default))));
        await world.DataSource.DoAsync("drop function refuse cascade");

        Assert.Equal([false, true, false], faults.Select(fault => fault is not null));
        Assert.Equal(
            ["matched", "received", "matched"], await Task.WhenAll(ids.Select(id => world.FateAsync(id))));

        await messages.ApplyAsync(new ApplyNotifications("30201", ids), default);
        Assert.Equal("closed", (string)(await subscribers[1].View())["status"]!);
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

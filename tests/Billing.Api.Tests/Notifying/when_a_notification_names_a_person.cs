using System.Text;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept, Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class when_a_notification_names_a_person(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task the_raw_body_is_sealed_whether_it_was_matched_or_not()
    {
        var subscriber = await Subscriber.Open(world);
        var matched = await world.NotifyAsync(Notified.Mandate(subscriber, 2));
        var parked = await world.NotifyAsync(Notified.Mandate(920_001, "unheard-of", 2));

        foreach (var id in (Guid[])[matched, parked])
        {
            Assert.Contains("jdoe@example.com", await Opened(id));
        }

        // The whole rows, and everything else that is stored of it.
        Assert.Equal(
            0,
            await world.QueryAsync<long>(
                "select count(*) from notifications where notifications::text like '%jdoe@example%'"));
        Assert.Equal(
            0,
            await world.QueryAsync<long>("select (select count(*) from messages where position('jdoe@example'::bytea "
                + "in body) > 0) + (select count(*) from mt_events where data::text like '%jdoe@example%')"));
    }

    [Fact]
    public async Task forgetting_the_customer_closes_every_body_for_good()
    {
        var subscriber = await Subscriber.Open(world);
        var before = await world.NotifyAsync(Notified.Mandate(subscriber, 2));
        Assert.Contains("jdoe@example.com", await Opened(before));

        Assert.True(
            await world.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", subscriber.Id, "dpo", default));

        Assert.Null(await Opened(before));
        var after = await world.NotifyAsync(Notified.Mandate(subscriber, 4));
        Assert.Equal("matched", await world.FateAsync(after));
        Assert.True(await world.QueryAsync<bool>("select body is null from notifications where id = $1", after));

        // What it says of the mandate still counts; what it says of the person is shown nowhere.
        var view = await subscriber.View();
        Assert.Equal(("closed", true), ((string)view["status"]!, (bool)view["isForgotten"]!));
        Assert.Null(
            (await world.Storefront.ReadAsync($"v1/preapprovals/{subscriber.GatewayId}")).Preapproval["Customer"]);
    }

    [Fact]
    public async Task forgetting_the_customer_closes_the_body_of_a_notification_that_contradicted_us()
    {
        var subscriber = await Subscriber.Open(world);
        var before = await world.NotifyAsync(
            Notified.Mandate(subscriber.GatewayId + 500_000, subscriber.MerchantPreapprovalId, 2));
        Assert.Equal("parked: mismatch_preapproval_id", await world.FateAsync(before));
        Assert.Contains("jdoe@example.com", await Opened(before));

        Assert.True(
            await world.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", subscriber.Id, "dpo", default));

        Assert.Null(await Opened(before));
        Assert.Null(await Opened(await world.NotifyAsync(
            Notified.Mandate(subscriber.GatewayId + 500_000, subscriber.MerchantPreapprovalId, 4))));
    }

    private async Task<string?> Opened(Guid id) =>
        await world.Services.GetRequiredService<NotificationBodies>().FindAsync("30201", id, default) is { } content
            ? Encoding.UTF8.GetString(content.Body)
            : null;
}

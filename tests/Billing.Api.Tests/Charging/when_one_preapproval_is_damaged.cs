using Billing.Api.Notifications;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

/// <summary>A row that cannot be read concerns its own preapproval and no other.</summary>
public class when_one_preapproval_is_damaged(when_one_preapproval_is_damaged.Roomy shared)
    : IClassFixture<when_one_preapproval_is_damaged.Roomy>
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData(
        "update mt_doc_subscription set data = jsonb_set(data, '{Terms}', '5') where id = $1 returning 1",
        "update mt_doc_subscription set data = $2::jsonb where id = $1 returning 1")]
    [InlineData(
        "update mt_streams set version = version - 1 where id = $1 returning 1",
        "update mt_streams set version = version + 1 where id = $1 and $2::jsonb is not null returning 1")]
    public async Task the_others_of_its_page_are_charged_and_it_is_charged_once_it_is_repaired(
        string damage, string repair)
    {
        var dueOn = (await world.Sandbox.NowAsync()).AddDays(10);
        var subscribers = new Subscriber[5];

        for (var i = 0; i < subscribers.Length; i++)
        {
            subscribers[i] = await Subscriber.Open(world, Subscriber.Schedule(firstDueOn: $"{dueOn:yyyy-MM-dd}"));
        }

        var damaged = subscribers[2];
        var whole = await world.AskBooksAsync<string>("select data::text from mt_doc_subscription where id = $1", damaged.Id);
        Assert.Equal(1, await world.AskBooksAsync<int>(damage, damaged.Id));

        await world.Sandbox.AdvanceAsync("P11D");

        foreach (var healthy in subscribers.Where(one => one != damaged))
        {
            await Subscribers.Until(async () => (await healthy.Statuses()).SequenceEqual(["charged"]));
        }

        Assert.Null(await world.Sandbox.LedgerAsync(damaged.ChargeId($"{dueOn:yyMMdd}")));

        Assert.Equal(1, await world.AskBooksAsync<int>(repair, damaged.Id, whole!));
        await world.StopServiceAsync();
        await world.StartServiceAsync(Roomy.Own);
        await Subscribers.Until(async () => (await damaged.Statuses()).SequenceEqual(["charged"]));
        await Witness.OneTruthAsync(world, subscribers);
    }

    [Fact]
    public async Task a_damaged_data_key_hides_its_persons_values_and_breaks_no_list_and_no_group()
    {
        var (damaged, healthy) = (await Subscriber.Open(world), await Subscriber.Pending(world));
        await world.AskBooksAsync<int>(
            "update mt_doc_datakey set data = jsonb_set(data, '{Wrapped}', '\"AAAA\"') where id = $1 returning 1", damaged.Id);

        var list = (await world.Storefront.ReadAsync("v1/preapprovals?limit=100")).Json["Preapprovals"]!.AsArray();

        Assert.Null(Assert.Single(list, row => (int)row!["ID"]! == damaged.GatewayId)!["ReturnURL"]);
        Assert.NotNull(Assert.Single(list, row => (int)row!["ID"]! == healthy.GatewayId)!["ReturnURL"]);

        // Both notifications are applied, if need be in one group.
        await world.Sandbox.CloseAsCustomerAsync(damaged.GatewayId);
        await world.Sandbox.ApproveAsync(healthy.GatewayId);
        await Subscribers.Until(async () => (string)(await damaged.View())["status"]! == "closed");
        await Subscribers.Until(async () => (string)(await healthy.View())["status"]! == "open");
        await Subscribers.Until(async () => 0 == await world.AskBooksAsync<long>(
            "select count(*) from notifications where status = $1", Notification.Received));
    }

    /// <summary>A whole page fits into the free calls.</summary>
    public sealed class Roomy : SharedWorld
    {
        public static readonly Dictionary<string, string?> Own = new()
        {
            ["Gateway__TimeoutSeconds"] = "8", ["Charging__SendWindowSeconds"] = "5", ["Charging__AnswerWithinSeconds"] = "25",
            ["Charging__MaxInFlight"] = "64",
        };

        protected override Dictionary<string, string?> Settings => Own;
    }
}

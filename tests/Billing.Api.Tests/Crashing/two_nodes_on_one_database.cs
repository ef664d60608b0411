using System.Text.Json.Nodes;
using Billing.Api.Operations.TransparencyLog;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using static Billing.Api.Tests.Charging.Subscribers;

namespace Billing.Api.Tests.Crashing;

/// <summary>The database decides who does what, also when a node dies over it.</summary>
[Keeps(Promise.NeverChargedTwice, Promise.NothingDueIsForgotten)]
public class two_nodes_on_one_database(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private const int Many = 20;

    private readonly World world = shared.World;

    [Fact]
    public async Task twenty_subscriptions_due_together_are_charged_once_each_also_when_a_node_dies_in_the_middle()
    {
        var settings = new Dictionary<string, string?> { ["Charging__MaxInFlight"] = "2" };
        var other = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");

        // The one that will die is there first, so that it runs the daemon; the other waits to take over.
        await using var two = await Node.StartAsync(world, address: other, settings: settings);
        await using var one = await Node.StartAsync(world, settings: settings);
        var subscribers = new Subscriber[Many];

        foreach (var i in Enumerable.Range(0, Many))
        {
            subscribers[i] = await Subscriber.Pending(world, Subscriber.Schedule(firstDueOn: "2030-01-11"));
            await world.Sandbox.ApproveAsync(subscribers[i].GatewayId);
        }

        await world.UntilIdle();

        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("PT2H");

        Assert.All(await ReceivedAsync("300111"), received => Assert.Equal(1, received));

        await world.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "charge", ["action"] = "slow", ["delayMs"] = 200 });
        await world.Sandbox.AdvanceAsync("P1M");
        await Until(async () => (await ReceivedAsync("300211")).Sum() >= Many / 3);
        await two.KillAsync();
        await world.UntilIdle();
        await world.AdvanceAsync("PT2H");

        Assert.All(
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.Statuses())),
            statuses => Assert.Equal(["charged", "charged"], statuses));
        await Witness.OneTruthAsync(world, subscribers);
        await Until(() => world.QueryAsync<bool>(
            "select max(seq_id) <= (select last_seq_id from mt_event_progression where name = $1) from mt_events",
            LogSubscription.ProgressName));

        async Task<int[]> ReceivedAsync(string dueOn)
        {
            var ledger = (await world.Sandbox.LedgerAsync())
                .ToDictionary(charge => (string)charge!["merchantTransactionId"]!, charge => (int)charge!["received"]!);

            return [.. subscribers.Select(subscriber => ledger.GetValueOrDefault(subscriber.ChargeId(dueOn)))];
        }
    }
}

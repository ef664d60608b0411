using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Billing.Api.Tests.Subscriptions;
using Xunit.Abstractions;

namespace Billing.Api.Tests.Crashing;

/// <summary>
/// PostgreSQL is restarted in mode immediate while notifications and creates arrive and charges are under way, or
/// commits and does not answer.
/// </summary>
/// <remarks>The gateway takes every send for a new one: nothing but our own care prevents a second debit.</remarks>
[Keeps(Promise.NeverChargedTwice, Promise.AcknowledgedNotificationsAreKept)]
public class crashing_the_database(OwnServer server, ITestOutputHelper output) : IClassFixture<OwnServer>
{
    private const int Due = 60;

    // Few at once, so that most charges are still due when the database crashes.
    private static readonly Dictionary<string, string?> Settings =
        new(Doomed.Hasty) { ["Charging__MaxInFlight"] = "4" };

    [Fact]
    public async Task loses_nothing_that_was_acknowledged_and_each_period_is_paid_once()
    {
        var cluster = server.Cluster;
        await using var world = await World.WithoutServiceAsync(Node.Forgetful, cluster);
        await using var node = await Node.StartAsync(world, settings: Settings);
        var subscribers = await SubscribeAsync(world);
        var requests = new AcknowledgedRequests(world);
        await world.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "charge", ["action"] = "slow", ["delayMs"] = 150 });
        await world.Sandbox.AdvanceAsync("P1D");
        await Subscribers.Until(async () =>
            requests is { Notified.Length: > 100, Created.Length: > 5 } && await SentAsync(world) > Due / 4);

        await cluster.CrashAsync();
        var (notified, created, sent) = (requests.Notified.Length, requests.Created.Length, await SentAsync(world));
        await IsSaidToBeAwayAsync(world);
        var second = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        await using var waiting = RunningProgram.Start(
            "Billing.Api", ["serve", "--urls", second.ToString()], world.Settings(Settings));
        await Subscribers.Until(() => Task.FromResult(
            waiting.HasExited || waiting.Output.Contains("Waiting up to 60 seconds", StringComparison.Ordinal)));
        await cluster.RestartAsync();
        world.DataSource.Clear();
        await waiting.UntilReadyAsync(new Uri(second, "health/ready"));

        await Subscribers.Until(() => Task.FromResult(
            requests.Notified.Length > notified + 100 && requests.Created.Length > created + 5));
        await requests.StopAsync();
        output.WriteLine(
            $"Acknowledged before and after: {notified} and {requests.Notified.Length - notified} notifications, "
            + $"{created} and {requests.Created.Length - created} creates; {requests.Refused} refused; "
            + $"{sent} of {Due} charges sent before.");
        Assert.True(sent < Due, "Every charge was sent before the crash.");

        // What was under way is known after the quiet period and a look-up.
        await world.UntilIdle();
        await world.AdvanceAsync("PT11M");
        await world.AdvanceAsync("PT61M");
        await world.AdvanceAsync("PT61M");

        await AreAllKeptAsync(world, requests);

        foreach (var subscriber in subscribers)
        {
            Assert.True(await subscriber.Statuses() is ["charged"], string.Join(' ', await subscriber.Story()));
        }

        await Witness.OneTruthAsync(world, subscribers);
    }

    [Fact]
    public async Task a_commit_whose_answer_is_lost_charges_no_period_twice()
    {
        await using var world = await World.WithoutServiceAsync(Node.Forgetful, server.Cluster);
        await using var node = await Node.StartAsync(world, settings: Doomed.Hasty);
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify", ["action"] = "lose_notification", ["merchantTransactionId"] = "*",
        });
        var outcomeLost = await Subscriber.PendingAtLast(world, Subscriber.Schedule(firstDueOn: "2030-01-11"));
        var decisionLost = await Subscriber.PendingAtLast(world, Subscriber.Schedule(firstDueOn: "2030-01-12"));
        await world.Sandbox.ApproveAsync(outcomeLost.GatewayId);
        await world.Sandbox.ApproveAsync(decisionLost.GatewayId);
        await world.UntilIdle();

        // The first commit of the day decides the charge, the second one records its outcome.
        await LostAnswer.WhileAsync(world, () => world.Sandbox.AdvanceAsync("P1D"), before: 1);
        await world.UntilIdle();
        await LostAnswer.WhileAsync(world, () => world.Sandbox.AdvanceAsync("P1D"), before: 0);
        await world.UntilIdle();
        await world.AdvanceAsync("PT11M");
        await world.AdvanceAsync("PT61M");

        await IsDecidedAndChargedOnceAsync(outcomeLost, "300111");
        await IsDecidedAndChargedOnceAsync(decisionLost, "300112");

        // A commit whose answer is lost counts as not ours: what was sent belongs to a later decision.
        Assert.Contains("charge_resent", await decisionLost.Story());
        await Witness.OneTruthAsync(world, outcomeLost, decisionLost);
    }

    private static async Task IsDecidedAndChargedOnceAsync(Subscriber subscriber, string dueOn)
    {
        var story = await subscriber.Story();
        var ledger = await subscriber.World.Sandbox.LedgerAsync(subscriber.ChargeId(dueOn));

        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Single(story, "charge_requested");
        Assert.Single(story, "payment_charged");
        Assert.Equal((1, 1), ((int)ledger!["received"]!, (int)ledger["captured"]!));
    }

    private static async Task IsSaidToBeAwayAsync(World world)
    {
        using var ours = await world.Storefront.GetAsync("v1/subscriptions");
        await ours.IsProblem(HttpStatusCode.ServiceUnavailable, "database_unavailable");
        Assert.NotNull(ours.Headers.RetryAfter);

        using var theirs = await world.Storefront.GetAsync("v1/preapprovals/1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, theirs.StatusCode);
        Assert.NotNull(theirs.Headers.RetryAfter);
        Assert.NotEmpty((string)JsonNode.Parse(await theirs.Content.ReadAsStringAsync())!["Message"]!);
    }

    private static async Task AreAllKeptAsync(World world, AcknowledgedRequests requests)
    {
        var notified = await world.QueryAsync<string[]>(
            "select array_agg(reference) from notifications where reference is not null");
        var created = await world.QueryAsync<string[]>(
            "select array_agg(merchant_preapproval_id) from subscriptions where gateway_preapproval_id is not null");

        Assert.Empty(requests.Notified.Except(notified!));
        Assert.Empty(requests.Created.Except(created!));
    }

    private static async Task<Subscriber[]> SubscribeAsync(World world)
    {
        var subscribers = await Task.WhenAll(Enumerable.Range(0, Due).Select(_ =>
            Subscriber.PendingAtLast(world, Subscriber.Schedule(firstDueOn: "2030-01-11"))));
        await Task.WhenAll(subscribers.Select(subscriber => world.Sandbox.ApproveAsync(subscriber.GatewayId)));
        await world.UntilIdle();

        return subscribers;
    }

    private static async Task<int> SentAsync(World world) =>
        (await world.Sandbox.LedgerAsync()).Count(charge => (int)charge!["received"]! > 0);
}

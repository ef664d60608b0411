using System.Diagnostics;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>
/// A node is killed that writes the log and has just stored a notification. The log has no gap and no double, and the
/// notification is applied.
/// </summary>
[Keeps(
    Promise.NeverChargedTwice, Promise.AcknowledgedNotificationsAreKept, Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class killing_the_node_that_writes_the_log(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private static readonly TimeSpan TakenOverWithin = TimeSpan.FromSeconds(30);

    private readonly World world = shared.World;

    [Fact]
    public async Task the_other_node_continues_its_log_and_its_messages_within_thirty_seconds_without_a_gap()
    {
        await using var first = await Node.StartAsync(world, killAt: "notification:kept");
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 8).Select(
            seed => LogWriters.WriteAsync(world.DataSource, seed, _ => !stop.IsCancellationRequested)));
        await Specs.Waiting.Until("events are logged", async () => await LoggedAsync() > 500);

        // The first one has written, and the second one waits for its lock. The gateway notifies no other than the
        // first, so that the notification is applied only if the second one takes over the message.
        await using var second = await Node.StartAsync(
            world, address: new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/"));
        var approved = await Subscriber.Pending(world);
        await world.Sandbox.ApproveAsync(approved.GatewayId);
        await first.UntilKilledAsync();
        var killed = Stopwatch.StartNew();
        var atKill = await world.QueryAsync<long>("select max(seq_id) from mt_events");
        await Specs.Waiting.Until("the other node logs", () =>
            world.QueryAsync<bool>("select max(seq_id) > $1 from log_entries", atKill));
        Assert.True(killed.Elapsed < TakenOverWithin, $"Taken over after {killed.Elapsed}.");

        await stop.CancelAsync();
        await writing;
        await Specs.Waiting.Until("the notification is applied", () => world.QueryAsync<bool>(
            "select status = 'open' from subscriptions where preapproval_id = $1", approved.Id));
        Assert.True(killed.Elapsed < TakenOverWithin, $"Applied after {killed.Elapsed}.");

        await world.UntilLoggedAsync();
        await world.AssertWholeAsync();
    }

    private Task<long> LoggedAsync() => world.QueryAsync<long>("select count(*) from log_entries");
}

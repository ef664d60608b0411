using System.Diagnostics;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>The log has no gap and no double when the node that writes it is killed.</summary>
[Keeps(Promise.NeverChargedTwice, Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class killing_the_node_that_writes_the_log(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private static readonly TimeSpan TakenOverWithin = TimeSpan.FromSeconds(30);

    private readonly World world = shared.World;

    [Fact]
    public async Task the_other_node_continues_within_thirty_seconds_without_a_gap()
    {
        await using var first = await Node.StartAsync(world);
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 8).Select(
            seed => LogWriters.WriteAsync(world.DataSource, seed, _ => !stop.IsCancellationRequested)));
        await Specs.Waiting.Until("events are logged", async () => await LoggedAsync() > 500);

        // The first one has written, and the second one waits for its lock.
        await using var second = await Node.StartAsync(
            world, address: new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/"));
        await first.KillAsync();
        var killed = Stopwatch.StartNew();
        var atKill = await world.QueryAsync<long>("select max(seq_id) from mt_events");
        await Specs.Waiting.Until("the other node logs", () =>
            world.QueryAsync<bool>("select max(seq_id) > $1 from log_entries", atKill));
        Assert.True(killed.Elapsed < TakenOverWithin, $"Taken over after {killed.Elapsed}.");

        await stop.CancelAsync();
        await writing;
        await world.UntilLoggedAsync();
        await world.AssertWholeAsync();
    }

    private Task<long> LoggedAsync() => world.QueryAsync<long>("select count(*) from log_entries");
}

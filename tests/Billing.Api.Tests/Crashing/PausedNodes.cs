using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Npgsql;

namespace Billing.Api.Tests.Crashing;

/// <summary>
/// SIGSTOP before or during a charge, longer than the send window; another node settles it, then they continue.
/// </summary>
/// <remarks>
/// The gateway refuses duplicates: nothing else stops a process that wakes after the last check. PostgreSQL ends the
/// transaction of a process that stops before its commit, or no other node could charge what it has locked.
/// </remarks>
public sealed class PausedNodes : IAsyncLifetime
{
    private const int MostCustomers = 24;

    public static readonly string[] Points =
        ["charge:checking", "charge:sending", "charge:answered", "sweep:decided", "sweep:committing"];

    private readonly Dictionary<string, Charge[]> charges = [];

    /// <param name="Before">The status of the payment when the others had settled it.</param>
    /// <param name="After">The same once the paused node had its say.</param>
    /// <param name="Received">How many requests the gateway received in all.</param>
    /// <param name="SentOnWaking">How many requests the gateway received after the paused node went on.</param>
    /// <param name="Story">The stored names of the preapproval's events.</param>
    public sealed record Charge(
        string[] Before, string[] After, int Received, int SentOnWaking, int Captured, string[] Story);

    public Charge[] At(string point) => charges[point];

    public async Task InitializeAsync()
    {
        await using var world = await World.WithoutServiceAsync(
            new Dictionary<string, string?> { ["Sandbox__ClockStart"] = "2030-01-10T12:00:00Z" });
        await using var staying = await Node.StartAsync(world, settings: Doomed.Slow);
        var pending = new Queue<Subscriber>(await Task.WhenAll(
            Enumerable.Range(0, MostCustomers).Select(_ => Subscriber.PendingAtLast(world, Subscribers.Once()))));
        var paused = new Dictionary<string, (RunningProgram Node, Subscriber[] Subscribers)>();

        try
        {
            foreach (var point in Points)
            {
                // What the one before holds is settled first: the next one is not to stop over it.
                await world.UntilIdle();
                var node = await Doomed.StartAsync(
                    world, new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/"), Settings(world, point));
                paused[point] = (node, []);
                paused[point] = (node, await ApproveUntilStoppedAsync(node, world, pending));
            }

            await world.UntilIdle();
            await world.AdvanceAsync("PT11M");
            await world.AdvanceAsync("PT61M");
            await world.AdvanceAsync("PT61M");
            var before = await StatusesAsync(paused);
            var receivedBefore = await LedgerAsync(world, "received");

            foreach (var (node, _) in paused.Values)
            {
                await node.GoOnAsync();
                Assert.Equal(0, await node.StopKindlyAsync());
            }

            await world.UntilIdle();
            var after = await StatusesAsync(paused);
            var stories = await OfEachAsync(paused, subscriber => subscriber.Story());
            await Witness.RecordsAgreeAsync(world, [.. paused.Values.SelectMany(it => it.Subscribers)]);
            var received = await LedgerAsync(world, "received");
            var captured = await LedgerAsync(world, "captured");

            foreach (var (point, (_, subscribers)) in paused)
            {
                charges[point] =
                [
                    .. subscribers.Select(it => new Charge(
                        before[it], after[it], received[it.GatewayId],
                        received[it.GatewayId] - receivedBefore[it.GatewayId], captured[it.GatewayId], stories[it])),
                ];
            }
        }
        finally
        {
            await Task.WhenAll(paused.Values.Select(it => it.Node.DisposeAsync().AsTask()));
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    // A transaction of this node may be idle for seconds instead of a minute: the test waits until it is ended.
    private static Dictionary<string, string?> Settings(World world, string point) => new()
    {
        ["Failpoints__StopAt"] = point,
        ["ConnectionStrings__Billing"] = new NpgsqlConnectionStringBuilder(world.ConnectionString)
        {
            MaxPoolSize = 40, Options = "-c idle_in_transaction_session_timeout=3s -c lock_timeout=5s -c jit=off",
        }.ConnectionString,
    };

    // The one that stays looks for work less often: mostly the first customer is enough.
    private static async Task<Subscriber[]> ApproveUntilStoppedAsync(
        RunningProgram node, World world, Queue<Subscriber> pending)
    {
        var approved = new List<Subscriber>();

        while (approved.Count == 0 || !node.IsStopped())
        {
            Assert.True(pending.Count > 0 && !node.HasExited, $"It never came to stand still: {node.Output}");
            var one = pending.Dequeue();
            await world.Sandbox.ApproveAsync(one.GatewayId);
            approved.Add(one);
            await Subscribers.Until(async () => node.IsStopped() || await one.Statuses() is ["charged" or "unknown"]);
        }

        return [.. approved];
    }

    private static async Task<Dictionary<int, int>> LedgerAsync(World world, string count) =>
        (await world.Sandbox.LedgerAsync()).ToDictionary(
            charge => (int)charge!["preapprovalId"]!, charge => (int)charge![count]!);

    private static Task<Dictionary<Subscriber, string[]>> StatusesAsync(
        Dictionary<string, (RunningProgram Node, Subscriber[] Subscribers)> paused) =>
        OfEachAsync(paused, subscriber => subscriber.Statuses());

    private static async Task<Dictionary<Subscriber, string[]>> OfEachAsync(
        Dictionary<string, (RunningProgram Node, Subscriber[] Subscribers)> paused,
        Func<Subscriber, Task<string[]>> ask)
    {
        var answers = new Dictionary<Subscriber, string[]>();

        foreach (var subscriber in paused.Values.SelectMany(it => it.Subscribers))
        {
            answers[subscriber] = await ask(subscriber);
        }

        return answers;
    }
}

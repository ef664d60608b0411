using System.Diagnostics;
using Billing.Bench.Harness;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Bench.Messages;

/// <summary>Claimed, handled and finished by the real pump, two nodes in one process.</summary>
internal static class WorkMessages
{
    private const int Count = 100_000;

    public static readonly Benchmark Network = new(
        "messages-work", "Network lane: claimed, handled by nothing, finished; p99 from enqueue to start at 1,000/s", "messages/s", null, 20_000, NetworkAsync);

    public static readonly Benchmark Aggregate = new(
        "messages-work-aggregate", "Aggregate lane: each locks and loads a stream of its own, and decides nothing", "messages/s", null, null, run => MeasureAsync(run, decisions: true));

    private static async Task<Measured> NetworkAsync(BenchRun run)
    {
        var measured = await MeasureAsync(run, decisions: false);
        run.Say("a thousand a second");
        var (p99, wrong) = await WaitedAsync(run);
        return measured with { P99Ms = p99, Wrong = measured.Wrong ?? wrong };
    }

    private static async Task<Measured> MeasureAsync(BenchRun run, bool decisions)
    {
        var world = await MessagesWorld.CreateAsync(run);
        string? wrong = null;
        var rounds = await run.ByTurnsAsync(async () =>
        {
            world.Expect(Count);
            await world.FillAsync(Count, decisions);
            var perSecond = await world.WorkOffAsync(Count);
            wrong ??= await world.WrongAsync(Count);
            return perSecond;
        });

        return new Measured(rounds, Wrong: wrong);
    }

    // The pumps are other nodes than the callers: nobody wakes them.
    private static async Task<(double P99, string? Wrong)> WaitedAsync(BenchRun run)
    {
        const int PerSecond = 1_000;
        var all = PerSecond * run.Rounds;
        var world = await MessagesWorld.CreateAsync(run);
        world.Expect(all);
        var work = world.WorkOffAsync(all);
        var (watch, next) = (Stopwatch.StartNew(), -1);
        await Task.WhenAll(Enumerable.Range(0, MessagesWorld.Callers - 4).Select(_ => Task.Run(async () =>
        {
            for (var n = Interlocked.Increment(ref next); n < all; n = Interlocked.Increment(ref next))
            {
                var early = TimeSpan.FromSeconds((double)n / PerSecond) - watch.Elapsed;
                await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero);
                await world.Bus.EnqueueAsync([new Outgoing(new NoCall(n, Stopwatch.GetTimestamp()))], null, new Metadata(), default);
            }
        })));
        await work;

        return (Figures.P99(world.Waited), await world.WrongAsync(all));
    }
}

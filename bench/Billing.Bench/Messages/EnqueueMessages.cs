using Billing.Bench.Harness;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Bench.Messages;

internal static class EnqueueMessages
{
    public static readonly Benchmark Row = new(
        "messages-enqueue", "Messages written, 500 a call, 8 callers, each call a commit", "messages/s", null, 50_000, MeasureAsync);

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        var world = await MessagesWorld.CreateAsync(run);
        string? wrong = null;
        var rounds = await run.ByTurnsAsync(async () =>
        {
            var written = 0;
            var perSecond = await Load.PerSecondAsync(MessagesWorld.Callers, run.RoundTime, async _ =>
            {
                await world.Bus.EnqueueAsync([.. Enumerable.Range(0, 500).Select(n => new Outgoing(new NoCall(n, 0)))], null, new Metadata(), default);
                Interlocked.Add(ref written, 500);
                return 500;
            });
            var found = await world.CountAsync();
            wrong ??= found == written ? null : $"{written} were acknowledged, {found} are there";
            await world.DoAsync("truncate messages");
            return perSecond;
        });

        return new Measured(rounds, Wrong: wrong);
    }
}

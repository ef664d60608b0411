using Billing.Bench.Harness;

namespace Billing.Bench.Messages;

internal static class WorkBacklog
{
    private const int Backlog = 1_000_000;
    private const int Count = 100_000;

    public static readonly Benchmark Waiting = new(
        "messages-backlog", "The oldest 100,000 of a million that wait", "messages/s", "messages-work, of 100,000", 0.8, run => MeasureAsync(run, null));

    public static readonly Benchmark Scheduled = new(
        "messages-scheduled", "100,000 beside a million that are due next year", "messages/s", "messages-work, of 100,000", 0.8, run => MeasureAsync(run, TimeProvider.System.GetUtcNow().AddYears(1)));

    private static async Task<Measured> MeasureAsync(BenchRun run, DateTimeOffset? dueAt)
    {
        var (alone, amid) = (await MessagesWorld.CreateAsync(run), await MessagesWorld.CreateAsync(run));
        run.Say("a million messages");
        await amid.FillAsync(Backlog, dueAt: dueAt);
        await amid.DoAsync("checkpoint");
        string? wrong = null;

        // Numbers go on from round to round: the oldest come first, so what is handled must have been enqueued first.
        var (next, first) = (Backlog, 0);
        var rounds = await run.ByTurnsAsync(
            async () =>
            {
                await amid.FillAsync(Count, first: next);
                next += Count;
                amid.Expect(next);
                var perSecond = await amid.WorkOffAsync(Count);
                wrong ??= await amid.CountAsync() + amid.Done == next - first ? null : $"{amid.Done} done, {await amid.CountAsync()} waiting, of {next - first}";
                first += amid.Done;
                return perSecond;
            },
            async () =>
            {
                alone.Expect(Count);
                await alone.FillAsync(Count);
                var perSecond = await alone.WorkOffAsync(Count);
                wrong ??= await alone.WrongAsync(Count);
                return perSecond;
            });

        return new Measured(rounds, Wrong: wrong ?? (await amid.CountAsync("dead_letters") == 0 ? null : "there are dead letters"));
    }
}

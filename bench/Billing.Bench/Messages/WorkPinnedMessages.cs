using System.Diagnostics;
using Billing.Bench.Harness;

namespace Billing.Bench.Messages;

internal static class WorkPinnedMessages
{
    private const int Count = 100_000;
    private static readonly TimeSpan PinnedFor = TimeSpan.FromSeconds(60);

    public static readonly Benchmark Row = new(
        "messages-work-pinned", "The same at the end of a minute in which another session holds an open snapshot", "messages/s", "messages-work, before it", 0.5, MeasureAsync);

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        var world = await MessagesWorld.CreateAsync(run);
        var wrong = new List<string>();
        var floors = new List<double>();
        for (var round = 0; round <= run.Rounds; round++)
        {
            floors.Add(await RoundAsync(world, wrong));
            run.Say($"free: {floors[^1]:N0}");
        }

        await using var pin = await world.PinAsync();
        var since = Stopwatch.GetTimestamp();
        var values = new List<double>();
        while (Stopwatch.GetElapsedTime(since) < PinnedFor || values.Count < run.Rounds)
        {
            values.Add(await RoundAsync(world, wrong));
            run.Say($"pinned for {Stopwatch.GetElapsedTime(since).TotalSeconds:N0} s: {values[^1]:N0}");
        }

        // The first free round warms up; of the pinned ones the last count, with most of the dead below them.
        var floor = Figures.Median(floors.Skip(1));
        return new Measured([.. values.TakeLast(run.Rounds).Select(value => new Round(value, floor))], Wrong: wrong.FirstOrDefault());
    }

    private static async Task<double> RoundAsync(MessagesWorld world, List<string> wrong)
    {
        world.Expect(Count);
        await world.FillAsync(Count);
        var perSecond = await world.WorkOffAsync(Count);
        if (await world.WrongAsync(Count) is { } what)
        {
            wrong.Add(what);
        }

        return perSecond;
    }
}

using System.Diagnostics;
using Billing.Bench.Harness;
using Npgsql;

namespace Billing.Bench.Messages;

internal static class WorkPinnedMessages
{
    private const int Count = 100_000;
    private static readonly TimeSpan PinnedFor = TimeSpan.FromSeconds(60);

    public static readonly Benchmark Row = new(
        "messages-work-pinned", "The same at the end of a minute in which another session holds an open snapshot", "messages/s", "messages-work by turns, in another database", 0.5, MeasureAsync);

    // An open snapshot holds up the vacuum of its own database only, so the floor can run beside it by turns.
    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        var free = await MessagesWorld.CreateAsync(run);
        var name = $"bench_{Guid.CreateVersion7():N}";
        await free.DoAsync($"create database {name}");
        try
        {
            var url = new NpgsqlConnectionStringBuilder((await run.DatabaseAsync()).ConnectionString) { Database = name, SearchPath = "public", Pooling = true };
            return await MeasureAsync(run, free, await MessagesWorld.CreateAsync(url.ConnectionString));
        }
        finally
        {
            await free.DoAsync($"drop database {name} with (force)");
        }
    }

    private static async Task<Measured> MeasureAsync(BenchRun run, MessagesWorld free, MessagesWorld pinned)
    {
        await using var freePumps = await free.PumpsAsync();
        await using var pinnedPumps = await pinned.PumpsAsync();
        string? wrong = null;
        await RoundAsync(free);
        await RoundAsync(pinned);

        await using var pin = await pinned.PinAsync();
        var since = Stopwatch.GetTimestamp();
        var rounds = new List<Round>();
        while (Stopwatch.GetElapsedTime(since) < PinnedFor || rounds.Count < run.Rounds)
        {
            var floor = await RoundAsync(free);
            rounds.Add(new Round(await RoundAsync(pinned), floor));
            run.Say($"pinned for {Stopwatch.GetElapsedTime(since).TotalSeconds:N0} s: {rounds[^1].Value:N0} beside {floor:N0}");
        }

        // The last rounds count: most of the dead lie below them.
        return new Measured([.. rounds.TakeLast(run.Rounds)], Wrong: wrong);

        async Task<double> RoundAsync(MessagesWorld world)
        {
            var (perSecond, what) = await world.RoundAsync(Count);
            wrong ??= what;
            return perSecond;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Billing.Bench.Harness;

namespace Billing.Bench.Auditing;

/// <summary>How many events `billing audit verify` proves a second, its start included.</summary>
internal static class VerifyRow
{
    private const int Events = 1_000_000;
    private const int Fewer = 100_000;

    public static readonly Benchmark Row = new(
        "verify", $"billing audit verify of {Events:N0} events: log, tree, views and guards against replay",
        "events/s", "one query that hashes the data of each event", MeasureAsync)
    {
        Bar = 40_000,
    };

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var small = await LoggedAsync(run, Fewer);
        await using var large = await LoggedAsync(run, Events);
        var (memory, wrong) = (new List<double>(), (string?)null);
        var rounds = await run.AlternateAsync(
            async () =>
            {
                var verb = await VerifyAsync(large);
                memory.Add(verb.MaxRssMb);

                return large.Events / verb.Seconds;
            },
            async () =>
            {
                var watch = Stopwatch.StartNew();
                await large.CountAsync("mt_events where sha256(data::text::bytea) = '\\x00'");

                return large.Events / watch.Elapsed.TotalSeconds;
            });

        return new Measured(rounds, wrong)
        {
            Figures = new Dictionary<string, double>
            {
                ["max_rss_mb"] = Figures.Median(memory.TakeLast(rounds.Count)),
                ["max_rss_of_100000_events_mb"] = (await VerifyAsync(small)).MaxRssMb,
            },
        };

        async Task<Verb> VerifyAsync(History history)
        {
            var verb = await history.Host.RunAsync("audit", "verify");
            var expected = string.Create(CultureInfo.InvariantCulture, $"{history.Events} events, 0 differences");
            wrong ??= verb.ExitCode == 0 && verb.Output.Contains(expected, StringComparison.Ordinal)
                ? null
                : $"exit code {verb.ExitCode}: {verb.Output}";

            return verb;
        }
    }

    private static async Task<History> LoggedAsync(BenchRun run, int events)
    {
        var history = await History.CreateAsync(run, events);
        await history.LogAsync();
        await history.ExecuteAsync("vacuum analyze");

        return history;
    }
}

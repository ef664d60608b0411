using System.Diagnostics;
using System.Globalization;
using Billing.Bench.Harness;

namespace Billing.Bench.Auditing;

/// <summary>How many events `billing rebuild payments` folds a second, its start included.</summary>
internal static class RebuildRow
{
    private const int Events = 500_000;

    public static readonly Benchmark Row = new(
        "rebuild", $"billing rebuild payments from {Events:N0} events, as while the service works", "events/s",
        "one scan of the events, written to a table", MeasureAsync)
    {
        Bar = 10_000,
    };

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var history = await History.CreateAsync(run, Events);
        var payments = await PaymentsAsync(history);
        var (memory, wrong) = (new List<double>(), (string?)null);
        var rounds = await run.AlternateAsync(
            async () =>
            {
                var verb = await history.Host.RunAsync("rebuild", "payments");
                memory.Add(verb.MaxRssMb);
                var rebuilt = await PaymentsAsync(history);
                var expected = string.Create(CultureInfo.InvariantCulture, $"{history.Events} events");
                wrong ??= verb.ExitCode == 0 && rebuilt == payments
                    && verb.Output.Contains(expected, StringComparison.Ordinal)
                    ? null
                    : $"exit code {verb.ExitCode}, before {payments}, rebuilt {rebuilt}: {verb.Output}";

                return history.Events / verb.Seconds;
            },
            async () =>
            {
                await history.ExecuteAsync("drop table if exists public.scanned");
                var watch = Stopwatch.StartNew();
                await history.ExecuteAsync(
                    $"""
                    create table public.scanned as
                    select tenant_id, stream_id, version, data::text from {history.Host.Schema}.mt_events
                    """);

                return history.Events / watch.Elapsed.TotalSeconds;
            });

        return new Measured(rounds, wrong)
        {
            Figures = new Dictionary<string, double>
            {
                ["max_rss_mb"] = Figures.Median(memory.TakeLast(rounds.Count)),
            },
        };
    }

    // In any order: a document that differs gives another sum.
    private static Task<string> PaymentsAsync(History history) => history.ScalarAsync<string>(
        "select count(*) || ' payments of sum ' "
        + "|| coalesce(sum(hashtextextended(tenant_id || id || data::text, 0)), 0) "
        + $"from {history.Host.Schema}.mt_doc_payment");
}

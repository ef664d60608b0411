using System.Diagnostics;
using Billing.Api.Operations.TransparencyLog;
using Billing.Bench.Harness;

namespace Billing.Bench.Auditing;

/// <summary>How many events the transparency log takes a second, from a backlog.</summary>
internal static class LogRow
{
    private const int Events = 400_000;

    public static readonly Benchmark Row = new(
        "log", $"a backlog of {Events:N0} events gets its positions and leaf hashes", "events/s",
        "the same positions by one insert without hashes", MeasureAsync)
    {
        Bar = 10_000,
    };

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var history = await History.CreateAsync(run, Events);
        var writer = history.Host.Get<LogWriter>();
        var last = await history.LastSequenceAsync();
        var entries = $"{history.Host.Schema}.{LogTables.Entries}";
        string? wrong = null;
        await history.ExecuteAsync("create table public.positions (position bigint primary key, seq_id bigint unique)");
        var rounds = await run.AlternateAsync(
            async () =>
            {
                await history.ExecuteAsync($"truncate {entries}");
                var watch = Stopwatch.StartNew();
                await writer.AppendAsync(last, default);
                var perSecond = history.Events / watch.Elapsed.TotalSeconds;
                var (logged, dense) = (
                    await history.CountAsync(LogTables.Entries),
                    await history.CountAsync($"{LogTables.Entries} where position <= {history.Events} and not late"));
                wrong ??= logged == history.Events && dense == logged
                    ? null
                    : $"{history.Events:N0} events, {logged:N0} entries, {dense:N0} with dense positions";

                return perSecond;
            },
            async () =>
            {
                await history.ExecuteAsync("truncate public.positions");
                var watch = Stopwatch.StartNew();
                await history.ExecuteAsync(
                    $"""
                    insert into public.positions
                    select row_number() over (order by seq_id), seq_id from {history.Host.Schema}.mt_events
                    where type <> 'tombstone'
                    """);

                return history.Events / watch.Elapsed.TotalSeconds;
            });

        return new Measured(rounds, wrong);
    }
}

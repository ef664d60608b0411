using Billing.Bench.Harness;
using Billing.EventStore;

namespace Billing.Bench.Replaying;

/// <summary>Reading everything again: to prove it, and to write a view from it.</summary>
internal static class Replays
{
    private const int Events = 1_000_000;
    private const int FewEvents = 100_000;

    /// <summary>The whole log: every hash recomputed, every event folded. The memory is that of growing from 100,000 to 2,000,000 events.</summary>
    public static async Task<Measured> LogAsync(BenchRun run)
    {
        var few = await SampleLog.CreateAsync(run, FewEvents);
        _ = await ReplayAsync(few);
        var before = Figures.MaxRssMb();
        var log = await SampleLog.CreateAsync(run, 2 * Events);
        var made = Figures.MaxRssMb();
        string? wrong = null;
        var rounds = await run.ByTurnsAsync(
            () => Load.PerSecondAsync(async () =>
            {
                var report = await ReplayAsync(log);
                wrong ??= report.Differences.Count == 0 && report.Events == log.Events ? null : $"{report} of {log.Events} events";
                return report.Events;
            }),
            () => log.BareReadAsync("tenant_id, stream_id, version, id, type, data, timestamp, correlation_id, causation_id, user_name, headers"));
        run.Say($"rss: {before:0} MB after 100,000 events, {made:0} MB when 2,000,000 were made, {Figures.MaxRssMb():0} MB after they were replayed");

        return new Measured(rounds, MaxRssMb: Figures.MaxRssMb(), Wrong: wrong);
    }

    public static async Task<Measured> RebuildAsync(BenchRun run)
    {
        var (few, log) = (await SampleLog.CreateAsync(run, FewEvents), await SampleLog.CreateAsync(run, Events));
        var before = await HistoryAsync(log);
        var fewRounds = await run.ByTurnsAsync(() => RebuildAsync(few));
        await log.ExecuteAsync("delete from payment_history where gateway_payment_id % 100 = 0");
        var rounds = await run.ByTurnsAsync(() => RebuildAsync(log), () => log.BareReadAsync("tenant_id, stream_id, version, type, data, timestamp"));
        var growth = Figures.Median(fewRounds.Select(round => round.Value)) / Figures.Median(rounds.Select(round => round.Value)) * (Events / FewEvents);
        run.Say($"10 times the log takes {growth:0.0} times the time");

        var wrong = growth > 11 ? $"10 times the log takes {growth:0.0} times the time"
            : await HistoryAsync(log) != before ? "the rebuilt view has other rows than the appended one"
            : null;
        return new Measured(rounds, MaxRssMb: Figures.MaxRssMb(), Wrong: wrong);
    }

    private static Task<AuditReport> ReplayAsync(SampleLog log) => new Auditor(log.Store).VerifyHistoryAsync(null, default);

    private static Task<double> RebuildAsync(SampleLog log) => Load.PerSecondAsync(() => new Rebuilder(log.Store).RebuildAsync("payment_history", null, default));

    private static Task<string> HistoryAsync(SampleLog log) =>
        log.TextAsync("select count(*) || ' rows ' || sum(hashtextextended(p::text, 0)) from payment_history p");
}

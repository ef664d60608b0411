using System.Diagnostics.Metrics;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>Reports what should have happened and has not: in a gauge, in the log and in readiness.</summary>
/// <remarks>It also runs on nodes without jobs: what watches the jobs must not stop with them.</remarks>
public sealed partial class Watchdog : BackgroundService
{
    // Of the jobs' interval, and never more often than once a second: what is overdue is so for minutes.
    private const int Runs = 3;
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource dataSource;
    private readonly Database database;
    private readonly DueProofs proofs;
    private readonly ChargingOptions options;
    private readonly JobsOptions jobs;
    private readonly BusinessClock clock;
    private readonly ILogger<Watchdog> log;
    private readonly Meter meter;
    private volatile Overdue? seen;
    private IReadOnlyList<string> reported = [];

    public Watchdog(
        NpgsqlDataSource dataSource, Database database, DueProofs proofs, ChargingOptions options, JobsOptions jobs,
        BusinessClock clock, IMeterFactory meters, ILogger<Watchdog> log)
    {
        (this.dataSource, this.database, this.proofs, this.options, this.jobs, this.clock, this.log) = (
            dataSource, database, proofs, options, jobs, clock, log);
        meter = meters.Create(BillingMeter.Name);
        meter.CreateObservableGauge(
            "billing.overdue", Measured, "{instant}", "What should have happened by now and has not, by kind.");
    }

    /// <summary>Counts now, whatever the last run has found.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public Task<Overdue> AskAsync(CancellationToken ct) =>
        Overdue.AskAsync(
            dataSource, database, clock.GetUtcNow() - options.OverdueAfter, options.OverdueAfter, proofs, ct);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Duty.RunAsync("watchdog", log, async () =>
    {
        await CheckAsync(stoppingToken);

        return jobs.Interval * Runs > LeastPause ? jobs.Interval * Runs : LeastPause;
    }, stoppingToken);

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    private async Task CheckAsync(CancellationToken ct)
    {
        await proofs.RunOnceAsync(ct);
        var now = await AskAsync(ct);
        var lasts = seen is { IsNothing: false };

        // Logged when it lasts from one check to the next, and when it changes: what waited for another charge is due
        // once that is settled.
        foreach (var sentence in lasts ? now.NextSteps.Except(reported) : [])
        {
            Late(log, sentence);
        }

        (reported, seen) = (lasts ? now.NextSteps : [], now);
    }

    // Nothing is measured before the first check.
    private IEnumerable<Measurement<long>> Measured() => seen is not { } last ? [] :
    [
        Of("decisions", last.Decisions), Of("look_ups", last.LookUps), Of("orphaned", last.Orphaned),
        Of("messages", last.Messages),
        Of("contradictions", last.Contradictions),
    ];

    private static Measurement<long> Of(string kind, long count) =>
        new(count, new KeyValuePair<string, object?>("kind", kind));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Overdue: {Sentence}")]
    private static partial void Late(ILogger log, string sentence);
}

using System.Diagnostics.Metrics;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>Measures how far the service is behind: with what is due, unknown, and not projected yet.</summary>
/// <remarks>It runs only where metrics are exported: nothing else reads what it asks the database for.</remarks>
public sealed class BacklogGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource dataSource;
    private readonly Database database;
    private readonly BusinessClock clock;
    private readonly ILogger<BacklogGauges> log;
    private readonly Meter meter;
    private volatile Backlog? backlog;
    private volatile IReadOnlyList<ProjectionLag> projections = [];

    public BacklogGauges(
        NpgsqlDataSource dataSource, Database database, BusinessClock clock, IMeterFactory meters,
        ILogger<BacklogGauges> log)
    {
        (this.dataSource, this.database, this.clock, this.log) = (dataSource, database, clock, log);
        meter = meters.Create(BillingMeter.Name);
        meter.CreateObservableGauge(
            "billing.due.lag", () => Measured(it => it.DueSeconds), "s",
            "How long the oldest due charge has been waiting for a decision.");
        meter.CreateObservableGauge(
            "billing.unknown.age", () => Measured(it => it.UnknownSeconds), "s",
            "How long the oldest unknown outcome has been unknown.");
        meter.CreateObservableGauge(
            "billing.projection.lag", () => projections.Select(lag => new Measurement<double>(
                lag.SecondsBehind, new KeyValuePair<string, object?>("projection", lag.Name))), "s",
            "The age of the oldest event that an asynchronous projection has not processed.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Duty.RunAsync("backlog gauges", log, async () =>
        {
            backlog = await Backlog.AskAsync(dataSource, database, clock.GetUtcNow(), stoppingToken);
            projections = await ProjectionLag.AskAsync(dataSource, database, stoppingToken);

            return Interval;
        }, stoppingToken);

    // Nothing is measured before the first check.
    private IEnumerable<Measurement<double>> Measured(Func<Backlog, double> value) =>
        backlog is { } last ? [new(value(last))] : [];
}

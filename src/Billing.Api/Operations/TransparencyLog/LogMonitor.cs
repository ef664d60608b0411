using System.Diagnostics.Metrics;
using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>Measures how far the log is behind the events, and raises an alarm.</summary>
/// <remarks>It also runs on nodes without jobs: what watches the log must not stop with its writer.</remarks>
public sealed partial class LogMonitor : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource dataSource;
    private readonly Database database;
    private readonly ILogger<LogMonitor> log;
    private readonly Meter meter;
    private volatile LogStatus? seen;

    public LogMonitor(NpgsqlDataSource dataSource, Database database, IMeterFactory meters, ILogger<LogMonitor> log)
    {
        (this.dataSource, this.database, this.log) = (dataSource, database, log);
        meter = meters.Create(BillingMeter.Name);
        meter.CreateObservableGauge(
            "billing.log.lag", () => Measured(status => status.LagSeconds), "s",
            "The age of the oldest event that is not in the transparency log.");
        meter.CreateObservableGauge(
            "billing.log.late_entries", () => Measured(status => status.LateEntries), "{entry}",
            "Events that appeared after later ones had been logged.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Duty.RunAsync("log monitor", log, () => CheckAsync(stoppingToken), stoppingToken);

    private async Task<TimeSpan?> CheckAsync(CancellationToken ct)
    {
        var now = await LogStatus.AskAsync(dataSource, database, ct);

        if (now.IsLagging && seen is not { IsLagging: true })
        {
            Lagging(log, now.LagSeconds);
        }

        seen = now;

        return Interval;
    }

    // Nothing is measured before the first check.
    private IEnumerable<Measurement<T>> Measured<T>(Func<LogStatus, T> value)
        where T : struct =>
        seen is { } last ? [new(value(last))] : [];

    [LoggerMessage(
        Level = LogLevel.Error, Message = "The transparency log is {Seconds:0.0} s behind the events")]
    private static partial void Lagging(ILogger log, double seconds);
}

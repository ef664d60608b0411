namespace Billing.Api.Hosting;

/// <summary>Runs one duty again and again.</summary>
public sealed class RecurringDuty(
    string name, Func<CancellationToken, Task<int>> run, TimeSpan interval, NodeHealth health,
    ILogger<RecurringDuty> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Duty.RunAsync(name, log, async () =>
    {
        if (!health.IsClockOff)
        {
            await run(stoppingToken);
        }

        return interval;
    }, stoppingToken);
}

using Npgsql;

namespace Billing.Api.Hosting;

/// <summary>Compares this node's clock with the database's. While they differ, the node decides nothing that depends on time.</summary>
public sealed class NodeHealth(NpgsqlDataSource dataSource, TimeProvider realTime, ILogger<NodeHealth> log) : BackgroundService
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private volatile bool isClockOff;

    /// <summary>True while the clocks differ by more than 60 seconds.</summary>
    public bool IsClockOff => isClockOff;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CompareAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Duty.RunAsync("clock check", log, async () =>
    {
        await CompareAsync(stoppingToken);

        return Interval;
    }, stoppingToken);

    private async Task CompareAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select clock_timestamp()");
        var database = (DateTime)(await command.ExecuteScalarAsync(ct))!;
        isClockOff = (realTime.GetUtcNow() - database).Duration() > Tolerance;
    }
}

using System.Net.Http.Json;
using Npgsql;

namespace Billing.Api.Clock;

/// <summary>Sandbox mode only: follows the sandbox's movable clock, and remembers it in the books, so that a restart is never earlier.</summary>
public sealed partial class SandboxClock(BusinessClock clock, NpgsqlDataSource books, HttpClient sandbox, ILogger<SandboxClock> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks the sandbox for its time and takes it over.</summary>
    /// <returns>False when it could not be asked: the time we know goes on.</returns>
    public async Task<bool> FollowAsync(CancellationToken ct)
    {
        try
        {
            var told = await sandbox.GetFromJsonAsync<Told>("sandbox/clock", ct);
            await MoveAsync(TimeSpan.FromSeconds(told?.OffsetSeconds ?? 0), ct);

            return true;
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException or NpgsqlException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var command = books.CreateCommand("select offset_seconds from business_clock"))
        {
            clock.MoveTo(TimeSpan.FromSeconds(await command.ExecuteScalarAsync(cancellationToken) as double? ?? 0));
        }

        if (!await FollowAsync(cancellationToken))
        {
            Unreachable(log);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await FollowAsync(stoppingToken);
        }
    }

    private async Task MoveAsync(TimeSpan offset, CancellationToken ct)
    {
        if (offset <= clock.Offset)
        {
            return;
        }

        await using var command = books.CreateCommand(
            "insert into business_clock values (1, $1) on conflict (id) do update set offset_seconds = greatest(business_clock.offset_seconds, excluded.offset_seconds)");
        command.Parameters.Add(new() { Value = offset.TotalSeconds });
        await command.ExecuteNonQueryAsync(ct);
        clock.MoveTo(offset);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox's clock could not be asked; business time goes on from what the books remember.")]
    private static partial void Unreachable(ILogger log);

    private sealed record Told(double OffsetSeconds);
}

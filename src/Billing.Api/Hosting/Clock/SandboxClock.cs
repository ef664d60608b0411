using System.Net.Http.Json;
using Marten;
using Npgsql;

namespace Billing.Api.Hosting.Clock;

/// <summary>How far business time was moved, in sandbox mode; stored so that a restart is never earlier.</summary>
public sealed class BusinessClockOffset
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    public double Seconds { get; set; }

    public static async Task<TimeSpan> ReadAsync(IDocumentStore store, CancellationToken ct)
    {
        await using var session = store.QuerySession();

        return TimeSpan.FromSeconds((await session.LoadAsync<BusinessClockOffset>(OnlyId, ct))?.Seconds ?? 0);
    }
}

/// <summary>Sandbox mode only: follows the simulator's clock, which can be moved.</summary>
public sealed partial class SandboxClock(
    BusinessClock clock, IDocumentStore store, IHttpClientFactory clients,
    ILogger<SandboxClock> log) : BackgroundService
{
    public const string HttpClientName = "sandbox-clock";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks the simulator for its time and adopts it.</summary>
    /// <returns>False when it could not be asked: the known time goes on.</returns>
    public async Task<bool> FollowAsync(CancellationToken ct)
    {
        try
        {
            using var http = clients.CreateClient(HttpClientName);
            var shown = await http.GetFromJsonAsync<Shown>("sandbox/clock", ct);
            await MoveAsync(TimeSpan.FromSeconds(shown?.OffsetSeconds ?? 0), ct);

            return true;
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException
            || DatabaseErrors.IsTransient(e)
            || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        clock.MoveTo(await BusinessClockOffset.ReadAsync(store, cancellationToken));

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

        await using var session = store.LightweightSession();
        session.Store(new BusinessClockOffset { Seconds = offset.TotalSeconds });
        await session.SaveChangesAsync(ct);
        clock.MoveTo(offset);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The simulator's clock could not be asked; business time goes on from the stored offset.")]
    private static partial void Unreachable(ILogger log);

    private sealed record Shown(double OffsetSeconds);
}

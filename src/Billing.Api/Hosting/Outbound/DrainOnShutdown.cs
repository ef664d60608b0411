using Billing.Gateway;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Lets calls under way end and be recorded before the process stops.</summary>
/// <remarks>Registered after Wolverine, and so stopped before it.</remarks>
public sealed partial class DrainOnShutdown(CallsUnderWay calls, GatewayOptions gateway, ILogger<DrainOnShutdown> log)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await calls.StopAsync().WaitAsync(gateway.DrainTimeout, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Cut(log);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The stop did not wait for all calls under way; their outcomes will be looked up.")]
    private static partial void Cut(ILogger log);
}

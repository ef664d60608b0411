using Billing.EventStore;

namespace Billing.Api.Jobs;

/// <summary>Keeps the async projections going beside the message pump: a polling loop with back-off, on every node; the lease says whose is the active one.</summary>
public sealed class LogProjections(AsyncProjections projections) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => projections.RunAsync(stoppingToken);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Billing.Messaging;

/// <summary>Works off messages in two lanes, on as many nodes as run it: the database decides who does what.</summary>
/// <param name="database">The database of the bus's event store; leases and back-off run on its clock.</param>
public sealed class MessagePump(MessageBus bus, NpgsqlDataSource database, ILogger<MessagePump> logger) : BackgroundService
{
    private readonly CancellationTokenSource _abort = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Start-up does not wait for the first claim.
        await Task.Yield();
        var options = bus.Options;
        var ladder = new RetryLadder(bus.Handlers, options, logger);
        var outage = new Outage(logger);
        var settler = new Settler(bus, ladder, outage, logger);
        var aggregate = new AggregateLane(
            bus, new Inbox(database, Lanes.Aggregate, options.Lease, bus.BusinessClock), settler, ladder, bus.Outbox.Signal(Lanes.Aggregate), outage, options);
        var network = new NetworkLane(
            new Inbox(database, Lanes.Network, options.Lease, bus.BusinessClock), settler, ladder, bus.Handlers, bus.Outbox.Signal(Lanes.Network), outage, options, logger);

        Log.Started(logger, options.NodeName);
        try
        {
            await Task.WhenAll(aggregate.RunAsync(stoppingToken, _abort.Token), network.RunAsync(stoppingToken, _abort.Token));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped while PostgreSQL was away.
        }

        Log.Stopped(logger, options.NodeName);
    }

    /// <summary>Stops claiming, lets what runs come to its end, and hands back what was never started.</summary>
    /// <param name="cancellationToken">The host's patience: when it ends, everything is cut off and left to its lease.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var impatience = cancellationToken.Register(_abort.Cancel);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _abort.Dispose();
        base.Dispose();
    }
}

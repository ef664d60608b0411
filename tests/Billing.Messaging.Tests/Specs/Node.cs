using Billing.EventStore;
using Npgsql;

namespace Billing.Messaging.Tests.Specs;

/// <summary>One node of its own on a database that others use too.</summary>
internal sealed class Node : IAsyncDisposable
{
    public Node(string connectionString, MessagingOptions options, Func<Call, Delivery, CancellationToken, Task<HandlerResult>> onCall)
    {
        Source = NpgsqlDataSource.Create(connectionString);
        Store = new EventStore.EventStore(Source, Counting.Events());
        Bus = new MessageBus(Store, Counting.Handlers(onCall), options, new FakeClock());
        Pump = new MessagePump(Bus, Source, Log);
    }

    public NpgsqlDataSource Source { get; }

    public EventStore.EventStore Store { get; }

    public MessageBus Bus { get; }

    public MessagePump Pump { get; }

    public Lines Log { get; } = new();

    public static async Task MigrateAsync(NpgsqlDataSource source)
    {
        var scripts = SchemaScript.EmbeddedIn(typeof(EventStore.EventStore).Assembly, "event_store");
        await new Migrator(source, [.. scripts, .. MessagingSchema.Scripts]).ApplyAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await Pump.StopAsync(default);
        Pump.Dispose();
        await Source.DisposeAsync();
    }
}

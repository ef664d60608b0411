using System.Diagnostics;
using Billing.EventStore;
using Billing.Testing;

namespace Billing.Messaging.Tests.Specs;

/// <summary>A database of its own, a clock that stands still, and as many nodes as a test starts.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly List<MessagePump> pumps = [];

    private World(TestDatabase database, MessagingOptions? options)
    {
        Database = database;
        Options = options ?? new MessagingOptions();
        Store = new EventStore.EventStore(database.DataSource, Counting.Events());
        Handlers = Counting.Handlers((call, delivery, ct) => OnCall(call, delivery, ct));
        Bus = NewBus();
    }

    public TestDatabase Database { get; }

    public FakeClock Clock { get; } = new();

    public MessagingOptions Options { get; }

    public EventStore.EventStore Store { get; }

    public HandlerMap Handlers { get; }

    public MessageBus Bus { get; }

    public Lines Log { get; } = new();

    public DeadLetters DeadLetters => new(Database.DataSource);

    /// <summary>What the outside world does with a call; by default it answers with the count of claims.</summary>
    public Func<Call, Delivery, CancellationToken, Task<HandlerResult>> OnCall { get; set; } =
        (call, delivery, _) => Task.FromResult<HandlerResult>(new HandlerResult.Apply(new RecordAnswer(call.Id, $"{delivery.Claims}")));

    public static async Task<World> CreateAsync(MessagingOptions? options = null)
    {
        var database = await TestDatabase.CreateAsync();
        await Node.MigrateAsync(database.DataSource);
        return new World(database, options);
    }

    public MessageBus NewBus() => new(Store, Handlers, Options, Clock);

    public async Task<MessagePump> PumpAsync(MessageBus? bus = null)
    {
        var pump = new MessagePump(bus ?? Bus, Database.DataSource, Log);
        pumps.Add(pump);
        await pump.StartAsync(default);
        return pump;
    }

    public Inbox Inbox(string lane, TimeSpan? lease = null) => new(Database.DataSource, lane, lease ?? Options.Lease, Clock);

    public Settler Settler() => new(
        Bus, new RetryLadder(Handlers, Options, Log), new Outage(Log), Log);

    public Task EnqueueAsync(params object[] messages) =>
        Bus.EnqueueAsync([.. messages.Select(m => m as Outgoing ?? new Outgoing(m))], null, new Metadata("conversation", "cause"), default);

    public async Task<Counter?> CounterAsync(Guid id) => (Counter?)(await Store.AggregateAsync(Counting.Key(id)))?.State;

    public Task<MessagingStatus> StatusAsync() => Bus.StatusAsync(Clock.GetUtcNow(), default);

    public async Task UntilIdleAsync() => await UntilAsync(async () => await StatusAsync() is { WaitingDue: 0, Sending: 0 });

    /// <summary>Waits for a condition that a pump brings about; says so when it never does.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), "Waited 60 s in vain.");
            await Task.Delay(5);
        }
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pump in pumps)
        {
            await pump.StopAsync(default);
            pump.Dispose();
        }

        await Database.DisposeAsync();
    }
}

/// <summary>Business time, moved by hand.</summary>
internal sealed class FakeClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}

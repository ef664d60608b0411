using System.Diagnostics;
using System.Text.Json.Serialization;
using Billing.Bench.Harness;
using Billing.EventStore;
using Billing.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Billing.Bench.Messages;

/// <summary>A call out of the house that does nothing, and a decision that decides nothing: what is left is messaging.</summary>
internal sealed record NoCall(int Number, long EnqueuedAt);

internal sealed record NoDecision(int Number, Guid Stream);

internal sealed record Nothing;

[JsonSerializable(typeof(NoCall))]
[JsonSerializable(typeof(NoDecision))]
internal sealed partial class MessagesJson : JsonSerializerContext;

/// <summary>Messages in a schema of their own, worked off by real pumps, each handling counted by its number.</summary>
internal sealed class MessagesWorld
{
    public const int Callers = 8;

    private readonly MessagingOptions options = new() { MaxInFlight = 1000, BatchSize = 500, NodeName = "bench" };
    private readonly HandlerMap handlers;
    private readonly EventStore.EventStore store;
    private readonly string connectionString;
    private readonly Tap tap = new();
    private int[] handled = [];
    private double[] waited = [];
    private int done;

    private MessagesWorld(string connectionString)
    {
        this.connectionString = connectionString;
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = Callers });
        handlers = new HandlerMap()
            .Handle<NoCall>("no_call", MessagesJson.Default.NoCall, (call, _, _) =>
            {
                waited[call.Number] = Stopwatch.GetElapsedTime(call.EnqueuedAt).TotalMilliseconds;
                Count(call.Number);
                return Task.FromResult<HandlerResult>(new HandlerResult.Done());
            })
            .Aggregate<NoDecision, Nothing>("no_decision", MessagesJson.Default.NoDecision, d => new StreamKey("30201", d.Stream), (decision, _, _) =>
            {
                Count(decision.Number);
                return new Events();
            });
        store = new EventStore.EventStore(Source, new EventStoreOptions
        {
            Catalog = new EventCatalog([]),
            Aggregate = new AggregateType("nothing", (_, _) => new Nothing()),
            Sealer = new Sealer(new byte[32]),
        });
        Bus = NewBus();
    }

    public NpgsqlDataSource Source { get; }

    public MessageBus Bus { get; }

    /// <summary>Milliseconds from right before the enqueueing to the start of the handler, by number.</summary>
    public IReadOnlyList<double> Waited => waited;

    public int Done => Volatile.Read(ref done);

    public static async Task<MessagesWorld> CreateAsync(BenchRun run) => await CreateAsync((await run.DatabaseAsync()).ConnectionString);

    public static async Task<MessagesWorld> CreateAsync(string connectionString)
    {
        var world = new MessagesWorld(connectionString);
        var scripts = SchemaScript.EmbeddedIn(typeof(EventStore.EventStore).Assembly, "event_store");
        await new Migrator(world.Source, [.. scripts, .. MessagingSchema.Scripts]).ApplyAsync(default);
        return world;
    }

    /// <summary>Messages with the numbers 0 to <paramref name="count"/> - 1, by eight callers, 500 a statement.</summary>
    public async Task FillAsync(int count, bool decisions = false, DateTimeOffset? dueAt = null, int first = 0)
    {
        await Parallel.ForEachAsync(Enumerable.Range(first, count).Chunk(500), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (numbers, ct) =>
            await Bus.EnqueueAsync([.. numbers.Select(n => new Outgoing(decisions ? new NoDecision(n, Guid.CreateVersion7()) : new NoCall(n, 0), dueAt))], null, new Metadata(), ct));
    }

    /// <summary>Forgets what was counted; numbers up to <paramref name="most"/> are expected from now on.</summary>
    public void Expect(int most) => (handled, waited, done) = (new int[most], new double[most], 0);

    /// <summary>Lets pumps, each a node of its own, work until <paramref name="count"/> messages are done.</summary>
    /// <returns>Messages per second.</returns>
    public async Task<double> WorkOffAsync(int count, int pumps = 2)
    {
        var watch = Stopwatch.StartNew();
        var running = await PumpsAsync(pumps);
        while (Done < count)
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new TimeoutException($"{Done} of {count} messages were handled in five minutes.");
            }

            await Task.Delay(2);
        }

        // Handled is not yet finished: the stop waits for the last commits.
        await running.DisposeAsync();
        return Done / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Pumps that run until they are stopped, for rounds of <see cref="RoundAsync"/>.</summary>
    public async Task<IAsyncDisposable> PumpsAsync(int pumps = 2)
    {
        var running = Enumerable.Range(0, pumps).Select(_ => new MessagePump(NewBus(), Source, NullLogger<MessagePump>.Instance)).ToArray();
        foreach (var pump in running)
        {
            await pump.StartAsync(default);
        }

        return new Running(running);
    }

    /// <summary>Enqueues messages that are due once all are there, and lets running pumps work them off.</summary>
    /// <returns>Messages per second from the instant they are due to the start of the last one; and what was wrong.</returns>
    public async Task<(double PerSecond, string? Wrong)> RoundAsync(int count)
    {
        Expect(count);
        await FillAsync(count, dueAt: tap.GetUtcNow() + Tap.Step);
        var watch = Stopwatch.StartNew();
        tap.Open();
        while (Done < count && watch.Elapsed < TimeSpan.FromMinutes(5))
        {
            await Task.Delay(2);
        }

        var perSecond = Done / watch.Elapsed.TotalSeconds;
        for (var looks = 0; looks < 1000 && await CountAsync() > 0; looks++)
        {
            await Task.Delay(10);
        }

        return (perSecond, await WrongAsync(count));
    }

    public async Task<long> CountAsync(string what = "messages")
    {
        await using var command = Source.CreateCommand($"select count(*) from {what}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task DoAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Null when each of <paramref name="expected"/> messages was handled once or waits, and none is a dead letter.</summary>
    public async Task<string?> WrongAsync(int expected)
    {
        var (once, doubled, waiting, dead) = (handled.Count(h => h == 1), handled.Count(h => h > 1), await CountAsync(), await CountAsync("dead_letters"));
        return once + waiting == expected && doubled == 0 && dead == 0
            ? null
            : $"of {expected} messages {once} were handled once, {doubled} more than once, {waiting} wait, {dead} are dead";
    }

    /// <summary>A snapshot that stays open: no vacuum may remove what dies from now on.</summary>
    public async Task<NpgsqlConnection> PinAsync()
    {
        var pin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await pin.OpenAsync();
        await using var command = new NpgsqlCommand("begin isolation level repeatable read; select count(*) from pg_class", pin);
        await command.ExecuteNonQueryAsync();
        return pin;
    }

    private MessageBus NewBus() => new(store, handlers, options, tap);

    private void Count(int number)
    {
        Interlocked.Increment(ref handled[number]);
        Interlocked.Increment(ref done);
    }

    /// <summary>Business time that steps on when a round begins.</summary>
    private sealed class Tap : TimeProvider
    {
        public static readonly TimeSpan Step = TimeSpan.FromHours(1);
        private long steps;

        public void Open() => Interlocked.Increment(ref steps);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + (Step * Interlocked.Read(ref steps));
    }

    private sealed class Running(MessagePump[] pumps) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(pumps.Select(pump => pump.StopAsync(default)));
            Array.ForEach(pumps, pump => pump.Dispose());
        }
    }
}

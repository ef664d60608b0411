using System.Diagnostics;
using System.Text.Json.Serialization;
using Billing.Bench.Harness;
using Billing.EventStore;
using Billing.Messaging;
using Billing.Testing;
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
    private readonly TestDatabase database;
    private int[] handled = [];
    private double[] waited = [];
    private int done;

    private MessagesWorld(TestDatabase database)
    {
        this.database = database;
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = Callers });
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

    public static async Task<MessagesWorld> CreateAsync(BenchRun run)
    {
        var database = await run.DatabaseAsync();
        var scripts = SchemaScript.EmbeddedIn(typeof(EventStore.EventStore).Assembly, "event_store");
        await new Migrator(database.DataSource, [.. scripts, .. MessagingSchema.Scripts]).ApplyAsync(default);
        return new MessagesWorld(database);
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
        var running = Enumerable.Range(0, pumps).Select(_ => new MessagePump(NewBus(), Source, NullLogger<MessagePump>.Instance)).ToArray();
        var watch = Stopwatch.StartNew();
        foreach (var pump in running)
        {
            await pump.StartAsync(default);
        }

        while (Done < count)
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new TimeoutException($"{Done} of {count} messages were handled in five minutes.");
            }

            await Task.Delay(2);
        }

        // Handled is not yet finished: the stop waits for the last commits.
        var worked = Done;
        await Task.WhenAll(running.Select(pump => pump.StopAsync(default)));
        worked = Math.Max(worked, Done);
        var perSecond = worked / watch.Elapsed.TotalSeconds;
        Array.ForEach(running, pump => pump.Dispose());

        return perSecond;
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
        var pin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await pin.OpenAsync();
        await using var command = new NpgsqlCommand("begin isolation level repeatable read; select count(*) from pg_class", pin);
        await command.ExecuteNonQueryAsync();
        return pin;
    }

    private MessageBus NewBus() => new(store, handlers, options, TimeProvider.System);

    private void Count(int number)
    {
        Interlocked.Increment(ref handled[number]);
        Interlocked.Increment(ref done);
    }
}

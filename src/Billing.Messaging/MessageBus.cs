using Billing.EventStore;
using Npgsql;

namespace Billing.Messaging;

/// <summary>The door for commands: decided at once, or written down to be done.</summary>
public sealed class MessageBus(EventStore.EventStore store, HandlerMap handlers, MessagingOptions options, TimeProvider businessClock)
{
    private const int MaxConflicts = 10;

    internal EventStore.EventStore Store { get; } = store;

    internal HandlerMap Handlers { get; } = handlers;

    internal MessagingOptions Options { get; } = options;

    internal TimeProvider BusinessClock { get; } = businessClock;

    internal Outbox Outbox { get; } = new(handlers, businessClock);

    /// <summary>Decides an aggregate command now: its events, what it sends and the views are one commit. Decided again when somebody else was first.</summary>
    /// <exception cref="StreamConflictException">Somebody else was first ten times running.</exception>
    /// <remarks>What the handler throws, a rule's no included, comes out as it is, and nothing is written.</remarks>
    public async Task<Applied> InvokeAsync(object command, Metadata metadata, CancellationToken ct)
    {
        Applied? applied = null;
        await Faults.FromTheTopAsync(MaxConflicts, async () => applied = await InvokeOnceAsync(command, metadata, ct));
        return applied!;
    }

    /// <summary>Writes messages in a transaction of their own.</summary>
    /// <param name="tenant">For messages that name no stream.</param>
    public async Task EnqueueAsync(IReadOnlyCollection<Outgoing> messages, string? tenant, Metadata metadata, CancellationToken ct)
    {
        if (messages.Count == 0)
        {
            return;
        }

        // Two sweeps may write the same derived ids in different orders: a deadlock, not a failure.
        await Faults.FromTheTopAsync(MaxConflicts, async () =>
        {
            await using var session = await Store.OpenSessionAsync(ct);
            Outbox.Write(session, [.. messages.Select(m => (m, metadata))], tenant);
            await session.CommitAsync(ct);
        });
    }

    /// <summary>Writes messages with the caller's commit.</summary>
    public void EnqueueIn(Session session, IReadOnlyCollection<Outgoing> messages, Metadata metadata) => Outbox.Write(session, [.. messages.Select(m => (m, metadata))]);

    /// <summary>Takes back a stream's messages of this name that no process has ever claimed, with the caller's commit.</summary>
    /// <returns>Their commands. What is missing was claimed, or is being claimed at this moment: too late.</returns>
    /// <remarks>A message that was claimed, failed and waits again is not taken back: what it asks for may have been sent.</remarks>
    public async Task<IReadOnlyList<object>> WithdrawAsync(Session session, StreamKey stream, string name, CancellationToken ct)
    {
        var handler = Handlers.Named(name);
        await using var command = new NpgsqlCommand(Sql.Withdraw, session.Connection).With(stream.Tenant, stream.Id, name);
        await using var row = await command.ExecuteReaderAsync(ct);
        List<object> withdrawn = [];
        while (await row.ReadAsync(ct))
        {
            withdrawn.Add(handler.Read(row.GetString(0)));
        }

        return withdrawn;
    }

    /// <summary>How many of a stream's messages of this name a live process holds right now.</summary>
    public async Task<int> CountSendingAsync(StreamKey stream, string name, CancellationToken ct)
    {
        await using var session = await Store.OpenSessionAsync(ct);
        await using var command = new NpgsqlCommand(Sql.CountSending, session.Connection).With(stream.Tenant, stream.Id, name);
        return (int)(long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Which of these streams have a message or a dead letter: somebody will come back to them.</summary>
    public async Task<IReadOnlySet<StreamKey>> BusyAsync(IReadOnlyCollection<StreamKey> streams, CancellationToken ct)
    {
        await using var session = await Store.OpenSessionAsync(ct);
        await using var command = new NpgsqlCommand(Sql.Busy, session.Connection).With(streams.Select(s => s.Tenant).ToArray(), streams.Select(s => s.Id).ToArray());
        await using var row = await command.ExecuteReaderAsync(ct);
        HashSet<StreamKey> busy = [];

        while (await row.ReadAsync(ct))
        {
            busy.Add(new StreamKey(row.GetString(0), row.GetGuid(1)));
        }

        return busy;
    }

    /// <summary>What an on-call engineer asks first; cheap however many messages there are.</summary>
    /// <param name="mostCounted">Dead letters are counted up to here.</param>
    public async Task<MessagingPressure> PressureAsync(DateTimeOffset businessNow, int mostCounted, CancellationToken ct)
    {
        await using var session = await Store.OpenSessionAsync(ct);
        await using var command = new NpgsqlCommand(Sql.Pressure, session.Connection).With(businessNow.ToUniversalTime(), mostCounted);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        // What is due later, or leased to somebody, has a negative age: it does not wait.
        return new MessagingPressure(row.GetInt64(0), !await row.IsDBNullAsync(1, ct) && row.GetDouble(1) is >= 0 and var age ? Math.Round(age, 1) : null);
    }

    /// <summary>How many messages were due before then and are not done, nor in somebody's hands: by index, up to a limit per kind of wait.</summary>
    /// <param name="businessTime">Business time.</param>
    public async Task<long> CountOverdueAsync(DateTimeOffset businessTime, int mostCounted, CancellationToken ct)
    {
        await using var session = await Store.OpenSessionAsync(ct);
        await using var command = new NpgsqlCommand(Sql.Overdue, session.Connection).With(businessTime.ToUniversalTime(), mostCounted);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Counts all messages: reads the whole table.</summary>
    public async Task<MessagingStatus> StatusAsync(DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var session = await Store.OpenSessionAsync(ct);
        await using var command = new NpgsqlCommand(Sql.Status, session.Connection).With(businessNow.ToUniversalTime());
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new MessagingStatus(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    private Task<Applied> InvokeOnceAsync(object command, Metadata metadata, CancellationToken ct)
    {
        var now = BusinessClock.GetUtcNow();

        return Store.WriteAsync(
            Handlers.AggregateFor(command).Stream(command),
            (session, stream) =>
            {
                var decisions = new Decisions(Handlers, session, now, stream);
                var applied = decisions.Apply(command, metadata);
                Outbox.Write(session, decisions.Outgoing);
                return applied;
            },
            ct);
    }
}

/// <summary>How many messages stand where.</summary>
/// <param name="WaitingDue">Due and held by nobody, resting after a failure included.</param>
/// <param name="Scheduled">Due later on the business clock.</param>
/// <param name="Sending">Held by a process whose lease still runs.</param>
/// <param name="Dead">Dead letters.</param>
public sealed record MessagingStatus(long WaitingDue, long Scheduled, long Sending, long Dead);

/// <summary>How hard pressed the messages are.</summary>
/// <param name="OldestWaitingSeconds">How long the oldest message that could be worked on has been waiting, by the clock that made it due; null when none waits.</param>
public sealed record MessagingPressure(long DeadLetters, double? OldestWaitingSeconds);

using System.Text.Json.Serialization.Metadata;
using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>The table of contents of all commands: one line each, no scanning. Names are stored in rows: never rename one.</summary>
public sealed class HandlerMap
{
    private readonly Dictionary<Type, Handler> _byType = [];
    private readonly Dictionary<string, Handler> _byName = new(StringComparer.Ordinal);
    private readonly List<Func<Exception, bool>> _finals = [];

    /// <summary>A command that is decided on one stream, from its state and the business time alone.</summary>
    /// <param name="name">Stored in rows.</param>
    /// <param name="handle">Pure: it may be called again from the top. The state is null when the stream does not exist.</param>
    public HandlerMap Aggregate<TCommand, TState>(
        string name, JsonTypeInfo<TCommand> json, Func<TCommand, StreamKey> stream,
        Func<TCommand, TState?, DateTimeOffset, (Events Events, OutgoingMessages Messages)> handle)
        where TState : class =>
        Add(typeof(TCommand), new AggregateHandler(
            name, json, command => stream((TCommand)command), (command, state, now) => handle((TCommand)command, (TState?)state, now)));

    /// <inheritdoc cref="Aggregate{TCommand,TState}(string, JsonTypeInfo{TCommand}, Func{TCommand, StreamKey}, Func{TCommand, TState, DateTimeOffset, ValueTuple{Events, OutgoingMessages}})"/>
    public HandlerMap Aggregate<TCommand, TState>(
        string name, JsonTypeInfo<TCommand> json, Func<TCommand, StreamKey> stream, Func<TCommand, TState?, DateTimeOffset, Events> handle)
        where TState : class =>
        Aggregate<TCommand, TState>(name, json, stream, (command, state, now) => (handle(command, state, now), []));

    /// <summary>A command that is only ever invoked, or applied as what a network handler gave back: it never becomes a row, so it may carry what no row may.</summary>
    /// <inheritdoc cref="Aggregate{TCommand,TState}(string, JsonTypeInfo{TCommand}, Func{TCommand, StreamKey}, Func{TCommand, TState, DateTimeOffset, ValueTuple{Events, OutgoingMessages}})" path="/param"/>
    public HandlerMap Invoked<TCommand, TState>(Func<TCommand, StreamKey> stream, Func<TCommand, TState?, DateTimeOffset, (Events Events, OutgoingMessages Messages)> handle)
        where TState : class =>
        Add(typeof(TCommand), new AggregateHandler(
            typeof(TCommand).Name, null, command => stream((TCommand)command), (command, state, now) => handle((TCommand)command, (TState?)state, now)));

    /// <inheritdoc cref="Invoked{TCommand,TState}(Func{TCommand, StreamKey}, Func{TCommand, TState, DateTimeOffset, ValueTuple{Events, OutgoingMessages}})"/>
    public HandlerMap Invoked<TCommand, TState>(Func<TCommand, StreamKey> stream, Func<TCommand, TState?, DateTimeOffset, Events> handle)
        where TState : class =>
        Invoked<TCommand, TState>(stream, (command, state, now) => (handle(command, state, now), []));

    /// <summary>A command that calls out of the house.</summary>
    /// <param name="name">Stored in rows.</param>
    /// <param name="handle">Called with no transaction open; its token ends with the lease. What it throws climbs the retry ladder.</param>
    /// <param name="onDead">The aggregate command to apply in the transaction that makes the dead letter; null or a null result: none.</param>
    /// <param name="stream">Stored with the row, so that the message can be withdrawn and counted.</param>
    public HandlerMap Handle<TCommand>(
        string name, JsonTypeInfo<TCommand> json, Func<TCommand, Delivery, CancellationToken, Task<HandlerResult>> handle,
        Func<TCommand, DeadLetter, object?>? onDead = null, Func<TCommand, StreamKey>? stream = null) =>
        Add(typeof(TCommand), new NetworkHandler(
            name, json,
            (command, delivery, ct) => handle((TCommand)command, delivery, ct),
            onDead is null ? null : (command, letter) => onDead((TCommand)command, letter),
            stream is null ? null : command => stream((TCommand)command)));

    /// <summary>Which exceptions end a message at once: a rule says no however often it is asked.</summary>
    public HandlerMap Final(Func<Exception, bool> isFinal)
    {
        _finals.Add(isFinal);
        return this;
    }

    internal bool IsFinal(Exception exception) => _finals.Exists(isFinal => isFinal(exception));

    internal Handler For(object message) => _byType.TryGetValue(message.GetType(), out var handler)
        ? handler
        : throw new InvalidOperationException($"No handler is mapped for {message.GetType().Name}.");

    internal AggregateHandler AggregateFor(object command) => For(command) as AggregateHandler
        ?? throw new InvalidOperationException($"{command.GetType().Name} is not an aggregate command.");

    internal Handler? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>An older process may meet a newer one's message: it climbs the ladder until somebody else takes it.</summary>
    internal Handler Named(string name) => Find(name) ?? throw new InvalidOperationException($"This process has no handler named {name}.");

    private HandlerMap Add(Type type, Handler handler)
    {
        if (!_byType.TryAdd(type, handler) || !_byName.TryAdd(handler.Name, handler))
        {
            throw new ArgumentException($"{type.Name} or the name {handler.Name} is mapped twice.");
        }

        return this;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>One line of the <see cref="HandlerMap"/>, its types erased.</summary>
internal abstract record Handler(string Name, string Lane, JsonTypeInfo? Json)
{
    public string Write(object message) => JsonSerializer.Serialize(message, Stored);

    public object Read(string body) =>
        JsonSerializer.Deserialize(body, Stored) ?? throw new JsonException($"The body of a {Name} message is null.");

    public abstract StreamKey? StreamOf(object message);

    private JsonTypeInfo Stored => Json ?? throw new InvalidOperationException($"{Name} is only ever invoked: it never becomes a row.");
}

/// <summary>A pure decision on one stream.</summary>
internal sealed record AggregateHandler(
    string Name,
    JsonTypeInfo? Json,
    Func<object, StreamKey> Stream,
    Func<object, object?, DateTimeOffset, (Events Events, OutgoingMessages Messages)> Decide) : Handler(Name, Lanes.Aggregate, Json)
{
    public override StreamKey? StreamOf(object message) => Stream(message);
}

/// <summary>A call out of the house, made with no transaction open.</summary>
internal sealed record NetworkHandler(
    string Name,
    JsonTypeInfo Json,
    Func<object, Delivery, CancellationToken, Task<HandlerResult>> Call,
    Func<object, DeadLetter, object?>? OnDead,
    Func<object, StreamKey>? Stream) : Handler(Name, Lanes.Network, Json)
{
    public override StreamKey? StreamOf(object message) => Stream?.Invoke(message);
}

/// <summary>The two lanes, as stored in rows.</summary>
internal static class Lanes
{
    public const string Aggregate = "aggregate";
    public const string Network = "network";
}

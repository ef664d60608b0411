using System.Text.Json.Serialization;
using Billing.EventStore;

namespace Billing.Messaging.Tests.Specs;

// The smallest aggregate that decides something, and one call out of the house.

public sealed record Counted(int By);

public sealed record CallRequested;

public sealed record CallAnswered(string Answer);

public sealed record CallDied(string Reason);

public sealed record Counter(int Total, string Answers)
{
    public static object Evolve(object? state, object @event) => (state as Counter ?? new Counter(0, ""), @event) switch
    {
        (var s, Counted e) => s with { Total = s.Total + e.By },
        (var s, CallRequested) => s,
        (var s, CallAnswered e) => s with { Answers = s.Answers + e.Answer },
        (var s, CallDied e) => s with { Answers = s.Answers + "dead" },
        _ => throw new InvalidOperationException("cannot follow"),
    };
}

/// <summary>Counts only below the limit: what it decides shows which state it saw.</summary>
public sealed record Count(Guid Id, int By = 1, int Limit = int.MaxValue);

public sealed record CountTwiceLater(Guid Id, DateTimeOffset At);

public sealed record RequestCall(Guid Id);

public sealed record Call(Guid Id);

public sealed record RecordAnswer(Guid Id, string Answer);

public sealed record RecordDeath(Guid Id, string Reason);

public sealed class Refused(string message) : Exception(message);

[JsonSerializable(typeof(Counted))]
[JsonSerializable(typeof(CallRequested))]
[JsonSerializable(typeof(CallAnswered))]
[JsonSerializable(typeof(CallDied))]
[JsonSerializable(typeof(Count))]
[JsonSerializable(typeof(CountTwiceLater))]
[JsonSerializable(typeof(RequestCall))]
[JsonSerializable(typeof(Call))]
[JsonSerializable(typeof(RecordAnswer))]
[JsonSerializable(typeof(RecordDeath))]
internal sealed partial class CounterJson : JsonSerializerContext;

internal static class Counting
{
    public const string Tenant = "30201";
    public const int Poison = 666;
    public const int Forbidden = -1;

    private static readonly CounterJson Json = CounterJson.Default;

    public static EventStoreOptions Events() => new()
    {
        Catalog = new EventCatalog(
        [
            new EventType("counted", typeof(Counted), Json.Counted),
            new EventType("call_requested", typeof(CallRequested), Json.CallRequested),
            new EventType("call_answered", typeof(CallAnswered), Json.CallAnswered),
            new EventType("call_died", typeof(CallDied), Json.CallDied),
        ]),
        Aggregate = new AggregateType("counter", Counter.Evolve),
        Sealer = new Sealer(new byte[32]),
    };

    public static HandlerMap Handlers(Func<Call, Delivery, CancellationToken, Task<HandlerResult>> onCall) => new HandlerMap()
        .Aggregate<Count, Counter>("count", Json.Count, m => Key(m.Id), Handle)
        .Aggregate<CountTwiceLater, Counter>("count_twice_later", Json.CountTwiceLater, m => Key(m.Id), (m, _, _) =>
            ([new Counted(1)], [new Outgoing(new Count(m.Id, 10), m.At), new Count(m.Id, 100)]))
        .Aggregate<RequestCall, Counter>("request_call", Json.RequestCall, m => Key(m.Id), (m, _, _) => ([new CallRequested()], [new Call(m.Id)]))
        .Aggregate<RecordAnswer, Counter>("record_answer", Json.RecordAnswer, m => Key(m.Id), (m, _, _) => m.Answer.Length == 0 ? throw new Refused("no answer") : [new CallAnswered(m.Answer)])
        .Aggregate<RecordDeath, Counter>("record_death", Json.RecordDeath, m => Key(m.Id), (m, _, _) => m.Reason.Contains("untold", StringComparison.Ordinal) ? throw new Refused("not told") : [new CallDied(m.Reason)])
        .Handle("call", Json.Call, onCall, (m, letter) => new RecordDeath(m.Id, letter.Reason), m => Key(m.Id))
        .Final(e => e is Refused);

    public static StreamKey Key(Guid id) => new(Tenant, id);

    private static Events Handle(Count command, Counter? state, DateTimeOffset now) => command.By switch
    {
        Poison => throw new InvalidOperationException("holds a secret"),
        Forbidden => throw new Refused("counts only go up"),
        _ when (state?.Total ?? 0) >= command.Limit => [],
        var by => [new Counted(by)],
    };
}

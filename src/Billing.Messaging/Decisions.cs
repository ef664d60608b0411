using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>Decides commands on the streams of one session, and gathers what they send.</summary>
internal sealed class Decisions(HandlerMap handlers, Session session, DateTimeOffset now)
{
    private readonly List<(Outgoing Message, Metadata Metadata)> _outgoing = [];
    private IReadOnlyDictionary<StreamKey, WritableStream> _streams = new Dictionary<StreamKey, WritableStream>();

    public IReadOnlyCollection<(Outgoing Message, Metadata Metadata)> Outgoing => _outgoing;

    /// <summary>On one stream that is loaded already.</summary>
    public Decisions(HandlerMap handlers, Session session, DateTimeOffset now, WritableStream stream)
        : this(handlers, session, now) => _streams = new Dictionary<StreamKey, WritableStream> { [stream.Key] = stream };

    /// <summary>Locks and loads the streams of all <paramref name="commands"/> in one round trip.</summary>
    public async Task LoadAsync(IEnumerable<object> commands, CancellationToken ct)
    {
        var keys = commands.Select(c => handlers.AggregateFor(c).Stream(c)).ToHashSet();
        if (keys.Count > 0)
        {
            _streams = await session.FetchForWritingAsync(keys, ct);
        }
    }

    /// <summary>Decides on the state that earlier commands of the same session left.</summary>
    public Applied Apply(object command, Metadata metadata)
    {
        var handler = handlers.AggregateFor(command);
        var stream = _streams[handler.Stream(command)];
        var (events, messages) = handler.Decide(command, stream.State, now);
        if (events.Count > 0)
        {
            session.Append(stream, events, metadata);
        }

        foreach (Outgoing message in messages)
        {
            _outgoing.Add((message, metadata));
        }

        return new Applied(events, stream.State, stream.Version);
    }
}

/// <summary>What became of a command.</summary>
/// <param name="Events">What was decided; empty: nothing new to say.</param>
/// <param name="State">The stream's state after it; null when there is no such stream.</param>
/// <param name="Version">The stream's version after it; 0 when there is no such stream.</param>
public sealed record Applied(IReadOnlyList<object> Events, object? State, long Version);

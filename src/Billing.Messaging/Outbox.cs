using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>Writes messages as rows, all in one statement, with a commit of the caller's, and wakes their lanes once it has happened.</summary>
internal sealed class Outbox(HandlerMap handlers, TimeProvider businessClock)
{
    private readonly WakeSignal _aggregate = new();
    private readonly WakeSignal _network = new();

    public WakeSignal Signal(string lane) => lane == Lanes.Network ? _network : _aggregate;

    /// <summary>Adds the insert to the session's commit, in the order given; nothing when there is nothing to send.</summary>
    /// <param name="tenant">For messages that name no stream.</param>
    public void Write(Session session, IReadOnlyCollection<(Outgoing Message, Metadata Metadata)> messages, string? tenant = null)
    {
        if (messages.Count == 0)
        {
            return;
        }

        var now = businessClock.GetUtcNow();
        var rows = messages.Select(m => (m.Message, m.Metadata, Handler: handlers.For(m.Message.Message)))
            .Select(m => (m.Message, m.Metadata, m.Handler, Stream: m.Handler.StreamOf(m.Message.Message))).ToArray();
        session.Also.Add(
            Array.Exists(rows, r => r.Message.Id is not null) ? Sql.EnqueueOnce : Sql.Enqueue,
            Array.ConvertAll(rows, r => r.Message.Id ?? Guid.CreateVersion7()),
            Array.ConvertAll(rows, r => r.Handler.Lane),
            Array.ConvertAll(rows, r => r.Handler.Name),
            Array.ConvertAll(rows, r => r.Stream?.Tenant ?? tenant),
            Array.ConvertAll(rows, r => r.Stream?.Id),
            Array.ConvertAll(rows, r => r.Handler.Write(r.Message.Message)),
            Array.ConvertAll(rows, r => (r.Message.DueAt ?? now).ToUniversalTime()),
            Array.ConvertAll(rows, r => r.Metadata.CorrelationId),
            Array.ConvertAll(rows, r => r.Metadata.CausationId));

        // A lane that is woken before the commit finds nothing yet.
        foreach (var lane in rows.Select(r => r.Handler.Lane).Distinct())
        {
            session.Committed += Signal(lane).Set;
        }
    }
}

using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>How one claimed message ends, and what is decided in the same commit.</summary>
/// <param name="Command">An aggregate command to apply; null: none.</param>
/// <param name="IsEvidence">True: applied even if the lease was lost. Otherwise a lost lease drops the whole item.</param>
internal sealed record Settlement(Claimed Message, Ending Ending, object? Command = null, Metadata? Evidence = null, bool IsEvidence = false)
{
    /// <summary>With the command that tells the stream that its message died, where the message's handler has one.</summary>
    public Settlement WithLastWords(HandlerMap handlers, DateTimeOffset diedAt)
    {
        if (Ending is not Ending.Died { TellStream: true } died || handlers.Find(Message.Name) is not NetworkHandler { OnDead: { } onDead } handler)
        {
            return this;
        }

        var letter = new DeadLetter(
            Message.Id, Message.Name, Message.Tenant, Message.StreamId, died.Reason, Message.Claims, Message.Attempts + 1,
            Message.EnqueuedAt, diedAt, Message.CorrelationId, Message.CausationId);
        return this with { Command = onDead(handler.Read(Message.Body), letter) };
    }
}

internal abstract record Ending
{
    public sealed record Finished : Ending;

    public sealed record HandedBack(TimeSpan Delay) : Ending;

    public sealed record Retried(TimeSpan Delay) : Ending;

    /// <param name="TellStream">False once the last words themselves were refused: the letter is written without them.</param>
    public sealed record Died(string Reason, string? Stack, bool TellStream = true) : Ending;
}

using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>What a network handler gives back.</summary>
public abstract record HandlerResult
{
    private HandlerResult()
    {
    }

    /// <summary>Finished, with nothing to record.</summary>
    public sealed record Done : HandlerResult;

    /// <summary>An aggregate command to apply in the transaction that finishes the message.</summary>
    /// <remarks>
    /// It is evidence: it is applied even when the lease was lost meanwhile, and it may be applied twice when a commit's answer was lost.
    /// The second time must decide nothing.
    /// </remarks>
    /// <param name="Evidence">Where it comes from; what it leaves null is the message's own correlation, and the message id as causation.</param>
    public sealed record Apply(object Command, Metadata? Evidence = null) : HandlerResult;

    /// <summary>Provably never sent: the message waits as if it had not been claimed, its claims set back to what they were.</summary>
    /// <param name="Delay">How long it rests, on the database clock.</param>
    /// <param name="Reason">For the log; nothing personal.</param>
    public sealed record HandBack(TimeSpan Delay, string Reason) : HandlerResult;
}

using System.Diagnostics;

namespace Billing.Messaging;

/// <summary>How this delivery came about.</summary>
/// <param name="Claims">How often a process has claimed this message, this time included; hand-backs not counted.</param>
/// <param name="ClaimedAt">Database clock.</param>
/// <param name="LeaseUntil">Database clock. From then on another process may claim the message.</param>
public sealed record Delivery(
    Guid MessageId, int Claims, DateTimeOffset ClaimedAt, DateTimeOffset LeaseUntil, string? CorrelationId, string? CausationId)
{
    private readonly long _since = Stopwatch.GetTimestamp();

    /// <summary>True: no process has ever claimed this message before, so nobody can have sent what it asks for.</summary>
    public bool IsFirst => Claims == 1;

    /// <summary>How long the lease surely still runs, by this process's own stopwatch; zero or less: it may have run out.</summary>
    /// <remarks>To be compared with the call's time-out right before the send: a process that was paused sees here that it is late.</remarks>
    public TimeSpan Remaining => LeaseUntil - ClaimedAt - Stopwatch.GetElapsedTime(_since);

    /// <summary>A delivery whose stopwatch was started before the claim was sent, so that <see cref="Remaining"/> errs on the short side.</summary>
    internal static Delivery Of(Claimed message) => new(
        message.Id, message.Claims, message.FoundAt, message.Lease!.Until, message.CorrelationId, message.CausationId, message.Lease.Started);

    private Delivery(Guid messageId, int claims, DateTimeOffset claimedAt, DateTimeOffset leaseUntil, string? correlationId, string? causationId, long since)
        : this(messageId, claims, claimedAt, leaseUntil, correlationId, causationId) => _since = since;
}

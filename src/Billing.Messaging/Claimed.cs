using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>A message that this process holds: its row carries <paramref name="Token"/> until the lease runs out.</summary>
/// <param name="ClaimStarted">This process's stopwatch, read before the claim was sent.</param>
internal sealed record Claimed(
    Guid Id, Guid Token, string Name, string Body, string? Tenant, Guid? StreamId, int Claims, int Attempts,
    DateTimeOffset ClaimedAt, DateTimeOffset LeaseUntil, DateTimeOffset DueAt, long Position,
    string? CorrelationId, string? CausationId, DateTimeOffset EnqueuedAt, long ClaimStarted)
{
    /// <summary>What this message causes says so, unless the evidence says something better.</summary>
    public Metadata Causing(Metadata? evidence = null) => new(
        evidence?.CorrelationId ?? CorrelationId, evidence?.CausationId ?? Id.ToString(), evidence?.UserName ?? $"message:{Name}");
}

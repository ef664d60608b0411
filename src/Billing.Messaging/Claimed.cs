using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>A message that this process works on.</summary>
/// <param name="Place">Where its row was (ctid). Whatever another process does to the row moves it.</param>
/// <param name="Lease">How the network lane holds it. Null in the aggregate lane: there the transaction that decides holds the row.</param>
/// <param name="FoundAt">Database clock; of a claimed message the instant of the claim.</param>
internal sealed record Claimed(
    Guid Id, string Place, Lease? Lease, string Name, string Body, string? Tenant, Guid? StreamId, int Claims, int Attempts,
    DateTimeOffset FoundAt, DateTimeOffset DueAt, long Position, string? CorrelationId, string? CausationId, DateTimeOffset EnqueuedAt)
{
    /// <summary>What tells its row from another that was given its place.</summary>
    public Guid Mark => Lease?.Token ?? Id;

    /// <summary>What this message causes says so, unless the evidence says something better.</summary>
    public Metadata Causing(Metadata? evidence = null) => new(
        evidence?.CorrelationId ?? CorrelationId, evidence?.CausationId ?? Id.ToString(), evidence?.UserName ?? $"message:{Name}");
}

/// <summary>Its row carries <paramref name="Token"/> until the lease runs out.</summary>
/// <param name="Until">Database clock.</param>
/// <param name="Started">This process's stopwatch, read before the claim was sent.</param>
internal sealed record Lease(Guid Token, DateTimeOffset Until, long Started);

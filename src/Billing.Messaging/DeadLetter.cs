namespace Billing.Messaging;

/// <summary>A message that could not be done, as an operator sees it.</summary>
/// <param name="Tenant">The stream's tenant; null where the message belongs to none.</param>
/// <param name="Reason">Why: the exception's type, and its message only where it is a rule's own sentence.</param>
/// <param name="Claims">How often it was claimed (an aggregate command never is); kept by a replay, so that a replayed call is never a first one.</param>
/// <param name="Attempts">How often it failed before.</param>
/// <param name="EnqueuedAt">Database clock.</param>
/// <param name="DiedAt">Database clock.</param>
public sealed record DeadLetter(
    Guid MessageId, string Name, string? Tenant, Guid? StreamId, string Reason, int Claims, int Attempts,
    DateTimeOffset EnqueuedAt, DateTimeOffset DiedAt, string? CorrelationId, string? CausationId);

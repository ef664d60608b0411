using Marten;

namespace Billing.Api.Hosting;

/// <summary>Erases what a feature stores of a person, in the transaction that forgets and holds the lock.</summary>
public delegate Task ForgetHook(IDocumentSession session, Guid preapprovalId, CancellationToken ct);

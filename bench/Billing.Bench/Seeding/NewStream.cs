using Billing.Domain.Preapprovals;

namespace Billing.Bench.Seeding;

/// <summary>A stream to be written, with all its events.</summary>
internal sealed record NewStream(Guid Id, IReadOnlyList<PreapprovalEvent> Events);

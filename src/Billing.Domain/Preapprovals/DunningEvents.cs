using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>The retries of a period have ended, and none took the money. Repeated after each attempt by hand.</summary>
/// <param name="Amount">What the period costs.</param>
/// <param name="Attempts">The last attempt that was made.</param>
/// <param name="Action">What follows.</param>
public sealed record DunningEnded(
    Guid PreapprovalId, Period Period, Money Amount, int Attempts, AfterRetries Action, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

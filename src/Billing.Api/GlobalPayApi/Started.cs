using Billing.Domain.Preapprovals;

namespace Billing.Api.GlobalPayApi;

/// <summary>What a call started, or joined.</summary>
/// <param name="FromVersion">The stream's version before the events of the call: its answer lies after it.</param>
/// <param name="Own">
/// Sends what the call committed, records the outcome and gives the state with it, or null where that has to be read.
/// Null for a call that joined another one.
/// </param>
public sealed record Started(
    Guid PreapprovalId, long FromVersion, string? MerchantTransactionId, Task<Preapproval?>? Own = null);

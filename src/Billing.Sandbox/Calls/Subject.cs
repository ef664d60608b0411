using Billing.Sandbox.State;

namespace Billing.Sandbox.Calls;

/// <summary>What a call is about, as far as known.</summary>
internal sealed record Subject(
    string? MerchantPreapprovalId = null,
    string? MerchantTransactionId = null,
    int? PreapprovalId = null,
    int? MethodId = null,
    long? Amount = null,
    string? Email = null)
{
    public static Subject Of(Preapproval? preapproval) => preapproval is null
        ? new Subject()
        : new Subject(
            preapproval.MerchantPreapprovalId, null, preapproval.Id, preapproval.MethodId, null,
            preapproval.Customer?.Email);
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Gateway.Translation;

/// <summary>The gateway's preapproval statuses (docs/globalpay.md).</summary>
public static class PreapprovalStatuses
{
    /// <summary>Null for a number that we do not know, and for none.</summary>
    public static MandateStatus? MeaningOf(int? statusId) => statusId switch
    {
        1 => MandateStatus.Pending,
        2 => MandateStatus.Open,
        3 or 4 => MandateStatus.Closed,
        _ => null,
    };

    /// <summary>The number that an answer shows where the gateway has stated none.</summary>
    public static int NumberOf(PreapprovalStatus status) => status switch
    {
        PreapprovalStatus.Open or PreapprovalStatus.Closing => 2,
        PreapprovalStatus.Closed => 4,
        _ => 1,
    };

    /// <summary>The gateway's word; null for a number that we do not know.</summary>
    public static string? InfoOf(int? statusId) => statusId switch
    {
        1 => "Pending",
        2 => "Open",
        3 => "Close",
        4 => "ClosedByCustomer",
        _ => null,
    };
}

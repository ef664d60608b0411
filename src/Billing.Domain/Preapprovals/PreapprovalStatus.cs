namespace Billing.Domain.Preapprovals;

/// <summary>Our status of a preapproval.</summary>
public enum PreapprovalStatus
{
    /// <summary>Written down; the gateway has not answered yet, or its answer is unknown.</summary>
    Requested,

    /// <summary>The gateway has it; the customer has to approve.</summary>
    Pending,

    /// <summary>May be charged.</summary>
    Open,

    /// <summary>The merchant asked to close it: nothing is sent any more.</summary>
    Closing,
    Closed,

    /// <summary>The gateway would not create it.</summary>
    Refused,
    Abandoned,
}

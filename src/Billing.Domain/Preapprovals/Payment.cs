namespace Billing.Domain.Preapprovals;

/// <summary>What the gateway told of a payment, as numbers and codes: enough to rebuild its Payment object; nothing personal.</summary>
/// <param name="PaymentId">The gateway's numeric id; null as long as it has not told one.</param>
/// <param name="Created">Fourteen digits as the gateway wrote them; zone unknown.</param>
/// <param name="StatusId">The gateway's status number, also one that we do not know.</param>
/// <param name="StatusInfo">The gateway's word for it; never decided by.</param>
/// <param name="Code">The first Status.Reasons[].Code, or null.</param>
/// <param name="NotifiedAt">NotificationDateTime, fourteen digits.</param>
public sealed record GatewayPayment(int? PaymentId, string? Created, int? StatusId, string? StatusInfo, string? Code, string? NotifiedAt);

/// <summary>Why a charge is made.</summary>
public enum ChargeOrigin
{
    Scheduled,
    Retry,
    OnDemand,
}

/// <summary>How a fact reached us.</summary>
public enum LearntFrom
{
    Answer,
    Notification,
    LookUp,
    Operator,
}

/// <summary>What we know of a collection, in rising rank. What comes after success is a set of facts, not a rank (DESIGN.md section 5).</summary>
public enum MoneyState
{
    Requested,
    Unknown,

    /// <summary>Withdrawn: never sent, as far as anybody can tell. Any word of the gateway outranks it.</summary>
    Stopped,
    Pending,
    Failed,
    Charged,
}

/// <summary>What comes after a success; each fact holds once.</summary>
public enum AfterSuccess
{
    Reversed,
    Disputed,
    DisputeWon,
    DisputeLost,
    ChargedBack,
    Refunded,
}

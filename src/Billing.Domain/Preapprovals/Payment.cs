namespace Billing.Domain.Preapprovals;

/// <summary>
/// What the gateway said of a payment, as numbers and codes: enough to rebuild its Payment object; nothing personal.
/// </summary>
/// <param name="PaymentId">The gateway's numeric id; null as long as it has not given one.</param>
/// <param name="Created">Fourteen digits as the gateway wrote them; zone unknown.</param>
/// <param name="StatusId">The gateway's status number, also one that we do not know.</param>
/// <param name="StatusInfo">The gateway's word for it; never decided by.</param>
/// <param name="Code">The first Status.Reasons[].Code, or null.</param>
/// <param name="NotifiedAt">NotificationDateTime, fourteen digits.</param>
public sealed record GatewayPayment(
    int? PaymentId, string? Created, int? StatusId, string? StatusInfo, string? Code, string? NotifiedAt)
{
    /// <summary>Null means "not stated": what an answer leaves out is kept.</summary>
    internal static GatewayPayment? Merge(GatewayPayment? stated, GatewayPayment? known) =>
        stated is null || known is null
        ? stated ?? known
        : new(
            stated.PaymentId ?? known.PaymentId,
            stated.Created ?? known.Created,
            stated.StatusId ?? known.StatusId,
            stated.StatusInfo ?? known.StatusInfo,
            stated.Code,
            stated.NotifiedAt ?? known.NotifiedAt);
}

/// <summary>Why a charge is made.</summary>
public enum ChargeOrigin
{
    Scheduled,
    Retry,
    OnDemand,

    /// <summary>Found at the gateway without a record of it here: a restored backup had lost it.</summary>
    FoundAtGateway,
}

/// <summary>What we know of a collection, in rising rank. After a success it is a set of facts, not a rank.</summary>
public enum MoneyState
{
    /// <summary>Decided; sent, about to be sent, or due for sending.</summary>
    Requested,
    Unknown,

    /// <summary>Withdrawn: never sent, as far as we can know. Any statement of the gateway outranks it.</summary>
    Stopped,
    Pending,
    Failed,
    Charged,
}

/// <summary>What comes after a success; each fact holds once.</summary>
public enum PostPaymentFact
{
    Reversed,
    Disputed,
    DisputeWon,
    DisputeLost,
    ChargedBack,
    Refunded,
}

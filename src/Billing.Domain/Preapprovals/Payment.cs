namespace Billing.Domain.Preapprovals;

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

using System.Collections.Immutable;

namespace Billing.Domain.Preapprovals;

/// <summary>What a decision needs to know of one attempt to collect.</summary>
/// <param name="LookUps">How often the gateway has been asked since the outcome became unknown.</param>
/// <param name="UnknownSince">Business time at which the outcome became unknown; null when it never was.</param>
/// <param name="ClaimedAt">Database clock: the last time that a process is known to have had the submission in hand.</param>
/// <param name="Resent">How often the same id was sent again.</param>
/// <param name="Provisional">Set by an operator: any definite word of the gateway replaces it.</param>
/// <param name="NextLookUpAt">Business time; null while nothing is to be asked.</param>
/// <param name="Facts">What came after the success, each once; Refunded: the payment's status said that all of it went back.</param>
public sealed partial record Charge(
    ChargeId Id,
    Money Amount,
    ChargeOrigin Origin,
    int ProfileVersion,
    MoneyState State,
    DateTimeOffset RequestedAt,
    GatewayPayment? Gateway = null,
    Money? CapturedAmount = null,
    int LookUps = 0,
    DateTimeOffset? UnknownSince = null,
    DateTimeOffset? ClaimedAt = null,
    int Resent = 0,
    bool Provisional = false,
    ImmutableHashSet<AfterSuccess>? Facts = null,
    string? FailureCode = null,
    string? FailureText = null,
    string? Description = null,
    string? ExecutionDate = null,
    DateTimeOffset? NextLookUpAt = null)
{
    /// <summary>Requested, sending or unknown: nothing else of this preapproval is sent meanwhile. Pending at the provider is known, and does not block.</summary>
    public bool IsInFlight => Origin is not ChargeOrigin.OnDemand && IsUnsettled;

    /// <summary>How often its id was sent, or is on its way to be: 1 or more.</summary>
    public int Sends => Resent + 1;

    public bool IsUnsettled => State is MoneyState.Requested or MoneyState.Unknown;

    /// <summary>Unknown, and nobody asks about it any more: an owner has it.</summary>
    public bool IsGivenUp => State is MoneyState.Unknown && NextLookUpAt is null;

    public bool Has(AfterSuccess fact) => Facts?.Contains(fact) ?? false;

    internal Charge With(AfterSuccess fact) => this with { Facts = (Facts ?? []).Add(fact) };
}

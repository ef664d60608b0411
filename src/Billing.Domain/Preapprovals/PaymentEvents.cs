using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <summary>What we learnt of the money of a charge.</summary>
/// <param name="Amount">What was asked for.</param>
/// <param name="CapturedAmount">What the gateway says it took, where it says so.</param>
public abstract record PaymentEvent(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom) : PreapprovalEvent(PreapprovalId), IChargeEvent;

/// <summary>
/// The provider has it and has not decided. Repeated with each look-up past its window, until an owner takes over.
/// </summary>
/// <param name="LookUps">How often it has been looked up since its window ended.</param>
/// <param name="NextLookUpAt">
/// Business time: the end of the profile's window, or the next look-up; null when an owner has it.
/// </param>
/// <param name="Owner">Who has to see to it; null while it may simply take its time.</param>
public sealed record PaymentPending(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner,
    DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record PaymentCharged(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

/// <param name="Reason">Outcome class in snake_case: declined_for_now, declined_for_good, refused.</param>
/// <param name="ReasonText">The gateway's free text.</param>
public sealed record PaymentFailed(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, string Reason, Sealed<string>? ReasonText, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("reason_text", ReasonText)];
}

/// <summary>Money that may or may not have moved. Never becomes "failed" by itself.</summary>
/// <param name="Symptom">snake_case: timeout, http_502, garbled, status_99, not_found_yet …</param>
/// <param name="LookUps">How often the gateway has been asked since it became unknown.</param>
/// <param name="NextLookUpAt">Business time; null when an owner has taken over.</param>
/// <param name="Owner">Who has to decide; null while look-ups go on.</param>
public sealed record PaymentOutcomeUnknown(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, string Symptom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner,
    DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

// After a success there is no ladder but a set of facts, each once. Status and net amount are derived from the set.

/// <param name="RefundId">
/// The gateway's Refund.ID; null when the payment's status said that all of it went back, without naming a refund.
/// </param>
/// <param name="Refunded">
/// What went back; <c>Amount</c> is what the charge had asked for. Where no refund is named: what no named one
/// explains.
/// </param>
public sealed record PaymentRefunded(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, int? RefundId, Money Refunded, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

/// <summary>The money went back to the customer (SEPA: 8 weeks without a reason, 13 months in all).</summary>
public sealed record PaymentReversed(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, Sealed<string>? ReasonText, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("reason_text", ReasonText)];
}

/// <summary>The gateway named a dispute and what it claims; once per Dispute.ID, before what became of it.</summary>
public sealed record DisputeReported(
    Guid PreapprovalId, ChargeId Charge, int DisputeId, Money Claimed, LearntFrom LearntFrom, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IChargeEvent;

/// <param name="DisputeId">The gateway's Dispute.ID; null when the payment's status said so.</param>
public sealed record PaymentDisputed(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, int? DisputeId, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record DisputeWon(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, int? DisputeId, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record DisputeLost(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, int? DisputeId, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record PaymentChargedBack(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway,
    ChargeOrigin Origin,
    int ProfileVersion, LearntFrom LearntFrom, DateTimeOffset HappenedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

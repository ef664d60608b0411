namespace Billing.Domain.Preapprovals;

// After success there is no ladder but a set of facts, each once (DESIGN.md section 5). Status and net amount are derived.

/// <param name="RefundId">The gateway's Refund.ID; null when the payment's status said that all of it went back, without naming a refund.</param>
/// <param name="Refunded">What went back; <c>Amount</c> is what the charge had asked for. Where no refund is named: what no named one explains.</param>
public sealed record PaymentRefunded(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    int? RefundId, Money Refunded, DateTimeOffset RefundedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

/// <summary>The money went back to the customer (SEPA: within 8 weeks no questions asked, up to 13 months; GLOBALPAY.md section 8).</summary>
public sealed record PaymentReversed(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    string? ReasonText, DateTimeOffset ReversedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

/// <summary>The gateway named a dispute and what it claims; said once per Dispute.ID, before what became of it.</summary>
public sealed record DisputeReported(Guid PreapprovalId, ChargeId Charge, int DisputeId, Money Claimed, LearntFrom LearntFrom, DateTimeOffset ReportedAt) : PreapprovalEvent(PreapprovalId);

/// <param name="DisputeId">The gateway's Dispute.ID; null when the payment's status told of it.</param>
public sealed record PaymentDisputed(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    int? DisputeId, DateTimeOffset DisputedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record DisputeWon(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    int? DisputeId, DateTimeOffset WonAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record DisputeLost(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    int? DisputeId, DateTimeOffset LostAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record PaymentChargedBack(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    DateTimeOffset ChargedBackAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

namespace Billing.Domain.Preapprovals;

// After success there is no ladder but a set of facts, each once (DESIGN.md section 5). Status and net amount are derived.

/// <param name="RefundReference">Our MerchantTransactionID of the refund.</param>
/// <param name="Amount">What is to go back.</param>
public sealed record RefundRequested(Guid PreapprovalId, ChargeId Charge, string RefundReference, Money Amount, DateTimeOffset RequestedAt) : PreapprovalEvent(PreapprovalId);

/// <param name="RefundId">The gateway's Refund.ID; null when a payment status told of it without naming one.</param>
/// <param name="Refunded">What went back; <c>Amount</c> is what the charge had asked for.</param>
public sealed record PaymentRefunded(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    int? RefundId, Money Refunded, DateTimeOffset RefundedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

/// <param name="Amount">What should have gone back.</param>
public sealed record RefundFailed(
    Guid PreapprovalId, ChargeId Charge, string RefundReference, Money Amount, string Code, string? ReasonText, DateTimeOffset FailedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>The money went back to the customer (SEPA: within 8 weeks no questions asked, up to 13 months; GLOBALPAY.md section 8).</summary>
public sealed record PaymentReversed(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    string? ReasonText, DateTimeOffset ReversedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

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

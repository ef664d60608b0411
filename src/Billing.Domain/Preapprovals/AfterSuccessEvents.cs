namespace Billing.Domain.Preapprovals;

// After success there is no ladder but a set of facts, each once (DESIGN.md section 5). Status and net amount are derived.

/// <param name="RefundReference">Our MerchantTransactionID of the refund.</param>
public sealed record RefundRequested(Guid PreapprovalId, ChargeId Charge, string RefundReference, Money Amount, DateTimeOffset RequestedAt) : PreapprovalEvent(PreapprovalId);

/// <param name="RefundId">The gateway's Refund.ID; null when a payment status told of it without naming one.</param>
public sealed record PaymentRefunded(
    Guid PreapprovalId, ChargeId Charge, int? RefundId, Money Amount, GatewayPayment? Gateway, LearntFrom LearntFrom, DateTimeOffset RefundedAt) : PreapprovalEvent(PreapprovalId);

public sealed record RefundFailed(
    Guid PreapprovalId, ChargeId Charge, string RefundReference, string Code, string? ReasonText, DateTimeOffset FailedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>The money went back to the customer (SEPA: within 8 weeks no questions asked, up to 13 months; GLOBALPAY.md section 8).</summary>
public sealed record PaymentReversed(
    Guid PreapprovalId, ChargeId Charge, GatewayPayment? Gateway, LearntFrom LearntFrom, string? ReasonText, DateTimeOffset ReversedAt) : PreapprovalEvent(PreapprovalId);

public sealed record PaymentDisputed(
    Guid PreapprovalId, ChargeId Charge, int? DisputeId, GatewayPayment? Gateway, LearntFrom LearntFrom, DateTimeOffset DisputedAt) : PreapprovalEvent(PreapprovalId);

public sealed record DisputeWon(
    Guid PreapprovalId, ChargeId Charge, int? DisputeId, GatewayPayment? Gateway, LearntFrom LearntFrom, DateTimeOffset WonAt) : PreapprovalEvent(PreapprovalId);

public sealed record DisputeLost(
    Guid PreapprovalId, ChargeId Charge, int? DisputeId, GatewayPayment? Gateway, LearntFrom LearntFrom, DateTimeOffset LostAt) : PreapprovalEvent(PreapprovalId);

public sealed record PaymentChargedBack(
    Guid PreapprovalId, ChargeId Charge, GatewayPayment? Gateway, LearntFrom LearntFrom, DateTimeOffset ChargedBackAt) : PreapprovalEvent(PreapprovalId);

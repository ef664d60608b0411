namespace Billing.Domain.Gateway;

/// <summary>A refund as it is sent, and what its answer is checked against.</summary>
/// <param name="SiteId">Our authenticated site, whose key is used.</param>
/// <param name="GatewayPaymentId">The gateway's numeric id of the payment.</param>
/// <param name="Reference">The refund's MerchantTransactionID.</param>
public sealed record RefundOrder(
    string SiteId, int GatewayPaymentId, string Reference, Money Amount, string? Description = null,
    RefundPersonal? Personal = null);

/// <summary>A refund as the gateway shows it.</summary>
/// <param name="GatewayPaymentId">InitialPaymentID: the payment that it belongs to.</param>
/// <param name="Reference">MerchantTransactionID.</param>
/// <param name="Amount">Null when amount or currency was not said or could not be represented.</param>
/// <param name="ReasonText">Free text of Status.Reasons, personal until proven otherwise.</param>
public sealed record RefundSnapshot(
    int RefundId, int? GatewayPaymentId, string? Reference, RefundStatus Status, Money? Amount, GatewayRefund Gateway,
    Sealed<string>? ReasonText)
{
    public override string ToString() => $"{Reference}, refund {RefundId} of payment {GatewayPaymentId}: {Status}";
}

/// <summary>What a gateway refund status number means (1, later 2 or 4; docs/globalpay.md).</summary>
public enum RefundStatus
{
    /// <summary>A number we do not know: kept, shown, looked up; decides nothing.</summary>
    Unrecognised,
    Pending,
    Failed,
    Refunded,
}

/// <summary>A dispute as the gateway describes it; by notification only (docs/globalpay.md).</summary>
/// <param name="GatewayPaymentId">PaymentID: the payment that it claims.</param>
/// <param name="Status">Disputed, DisputeWon, DisputeLost, or Unrecognised.</param>
/// <param name="Claimed">Null when it was not said or could not be represented.</param>
public sealed record DisputeSnapshot(
    int DisputeId, int GatewayPaymentId, int? StatusId, PaymentStatus Status, Money? Claimed);

/// <summary>How a refund of a payment would go, and what it needs (docs/globalpay.md).</summary>
/// <param name="Customer">
/// JSON text of the rules for this part, as the gateway gives them; null: none is needed. Likewise the other parts.
/// </param>
public sealed record RefundType(
    int Id, string? Name, bool? AllowsPartialRefund, string? Customer, string? BillingAddress, string? BankAddress,
    string? Details);

/// <summary>What the gateway said of a refund, as numbers and codes; nothing personal.</summary>
/// <param name="TypeId">How the money goes back.</param>
/// <param name="Created">Fourteen digits as the gateway wrote them; zone unknown.</param>
/// <param name="StatusId">The gateway's status number, also one that we do not know.</param>
public sealed record GatewayRefund(int? TypeId, string? Created, int? StatusId, string? StatusInfo, string? Code);

/// <summary>Who gets the money and where; sealed as a whole.</summary>
/// <param name="Details">JSON text, as the storefront gave it.</param>
/// <param name="Articles">JSON text, likewise.</param>
public sealed record RefundPersonal(
    Customer? Customer, Address? BillingAddress, Address? BankAddress, string? Details, string? Articles)
{
    /// <summary>Shows nothing of the person.</summary>
    public override string ToString() => nameof(RefundPersonal);
}

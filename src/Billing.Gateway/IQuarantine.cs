namespace Billing.Gateway;

/// <summary>Stores answers that do not match their request. A call waits for it before it returns Unknown.</summary>
public interface IQuarantine
{
    /// <summary>Stores it, sealed. The call throws what this throws; the caller then records no outcome.</summary>
    Task KeepAsync(QuarantinedResponse response, CancellationToken ct);
}

/// <summary>An answer of the gateway that does not match its request, or contradicts itself.</summary>
/// <param name="Reason">The symptom that the outcome carries: mismatch_amount, several_payments …</param>
/// <param name="Body">As it came; personal. Not to be kept by reference.</param>
/// <param name="Named">What the body says that it is about; null where it cannot be read.</param>
public sealed record QuarantinedResponse(
    Asked Asked, string Reason, int StatusCode, ReadOnlyMemory<byte> Body, Asked? Named, int? NamedId)
{
    /// <summary>True for the symptoms of an answer that was readable and does not fit.</summary>
    public static bool IsMismatch(string symptom) =>
        symptom.StartsWith("mismatch_", StringComparison.Ordinal)
        || symptom.StartsWith("several_", StringComparison.Ordinal) || symptom == "refused_with_id";
}

/// <summary>What a call was about.</summary>
/// <param name="Operation">register, change, close, read, find, charge, refund, find_refund</param>
/// <param name="MerchantTransactionId">Of the charge; a refund's own is <paramref name="RefundReference"/>.</param>
/// <param name="GatewayPaymentId">The payment that a refund belongs to.</param>
public sealed record Asked(
    string SiteId, string Operation, int? GatewayPreapprovalId = null, string? MerchantPreapprovalId = null,
    string? MerchantTransactionId = null, int? GatewayPaymentId = null,
    string? RefundReference = null)
{
    public static Asked Of(string operation, Domain.Gateway.ChargeOrder order) =>
        new(order.SiteId, operation, order.GatewayPreapprovalId, MerchantTransactionId: order.MerchantTransactionId);

    /// <summary>The id to show.</summary>
    public string Reference =>
        RefundReference ?? MerchantTransactionId ?? MerchantPreapprovalId
        ?? GatewayPreapprovalId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
}

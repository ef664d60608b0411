namespace Billing.Domain.Gateway;

/// <summary>The one door to the payment provider, in our own words.</summary>
/// <remarks>
/// No call throws for what the network or the gateway did: that is an answer, <c>Unknown</c> where nothing is certain.
/// Only
/// cancellation by the caller and a site that is not configured throw. The port itself never sends a write twice.
/// A request that was never sent is <c>NotSent</c> and may be tried again later.
/// </remarks>
public interface IPaymentGateway
{
    /// <summary>Creates the preapproval at the gateway: one POST, never repeated here.</summary>
    Task<MandateResult> RegisterAsync(string siteId, MandateOrder order, CancellationToken ct);

    /// <summary>
    /// Looks for a preapproval by the merchant's id in the newest <paramref name="limit"/> ones, then reads it whole;
    /// the gateway has no direct look-up.
    /// </summary>
    /// <returns><see cref="MandateResult.NotFound"/> when it is not there; Unknown when not asked.</returns>
    Task<MandateResult> FindMandateAsync(string siteId, string merchantPreapprovalId, int limit, CancellationToken ct);

    Task<MandateResult> ReadMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct);

    /// <summary>Lists the newest <paramref name="limit"/> preapprovals of the site, limited detail.</summary>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<IReadOnlyList<MandateSnapshot>?> ListMandatesAsync(string siteId, int limit, CancellationToken ct);

    /// <summary>Replaces the preapproval's attributes: one PATCH, never repeated here.</summary>
    Task<MandateResult> ChangeMandateAsync(
        string siteId, int gatewayPreapprovalId, MandateOrder order, CancellationToken ct);

    /// <summary>
    /// Closes the preapproval: one DELETE. Confirmed with another status than closed means that it was not closed.
    /// </summary>
    Task<MandateResult> CloseMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct);

    /// <summary>Sends a charge: one POST, never repeated here.</summary>
    Task<ChargeResult> ChargeAsync(ChargeOrder order, CancellationToken ct);

    /// <summary>
    /// Lists payments of the site in the order in which the gateway made them, a page at a time, limited detail. What
    /// is not in it proves nothing.
    /// </summary>
    /// <param name="from">
    /// When the gateway made them, inclusive; in which zone the gateway counts is stated nowhere, so leave room for a
    /// day.
    /// </param>
    /// <param name="page">1 for the first.</param>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<PaymentPage?> ListPaymentsAsync(
        string siteId, DateTimeOffset from, DateTimeOffset until, int page, CancellationToken ct);

    /// <summary>
    /// Asks what became of a charge: lists by MerchantTransactionID, compares exactly, then reads the payment by its
    /// id.
    /// </summary>
    /// <returns>
    /// <see cref="ChargeResult.NotFound"/> when the gateway says that it has none; Unknown when it could not be asked.
    /// The two are never the same.
    /// </returns>
    Task<ChargeResult> FindChargeAsync(ChargeOrder order, CancellationToken ct);

    /// <summary>Sends a refund: one POST, never repeated here.</summary>
    Task<RefundResult> RefundAsync(RefundOrder order, CancellationToken ct);

    /// <summary>
    /// Asks what became of a refund: lists those of its payment and compares MerchantTransactionID exactly.
    /// </summary>
    /// <returns>
    /// <see cref="RefundResult.NotFound"/> when the list is whole and without it; Unknown when it could not be asked.
    /// The two are never the same.
    /// </returns>
    Task<RefundResult> FindRefundAsync(RefundOrder order, CancellationToken ct);

    /// <summary>All refunds of a payment, ours and others.</summary>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<IReadOnlyList<RefundSnapshot>?> ListRefundsAsync(string siteId, int gatewayPaymentId, CancellationToken ct);

    /// <summary>How a refund of this payment would go.</summary>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<IReadOnlyList<RefundType>?> ReadRefundTypesAsync(string siteId, int gatewayPaymentId, CancellationToken ct);
}

/// <summary>One page of the site's payments, limited detail.</summary>
/// <param name="IsLast">Nothing follows.</param>
public sealed record PaymentPage(IReadOnlyList<PaymentSnapshot> Payments, bool IsLast);

/// <summary>A preapproval as it is sent: created or changed.</summary>
public sealed record MandateOrder(MandateTerms Terms, MandatePersonal Personal);

/// <summary>What the gateway needs to know of a charge, and what its answer is checked against.</summary>
/// <param name="SiteId">Our authenticated site, whose key is used.</param>
/// <param name="GatewayPreapprovalId">The gateway's numeric id.</param>
/// <param name="Description">Sent where the method wants one (84, 1143: the preapproval's own).</param>
/// <param name="ExecutionDate">yyyyMMdd; null: the provider chooses.</param>
/// <param name="IsDuplicate">
/// The gateway called it a duplicate: what it has of this id and preapproval is this charge, whatever the amount.
/// </param>
/// <param name="Country">ISO 3166 alpha-2 of the address, sent where the method wants one (84, 1143).</param>
public sealed record ChargeOrder(
    string SiteId, string MerchantTransactionId, int GatewayPreapprovalId, int MethodId, Money Amount,
    string? Description, string? Country, string? ExecutionDate = null,
    bool IsDuplicate = false);

/// <summary>A preapproval as the gateway shows it. Null means that it was not said.</summary>
/// <param name="Status">Null for a status number that we do not know.</param>
public sealed record MandateSnapshot(
    GatewayMandate Gateway, MandateStatus? Status, MandateTerms Terms, MandatePersonal Personal);

/// <summary>The gateway's preapproval statuses 1; 2; 3 and 4 (docs/globalpay.md).</summary>
public enum MandateStatus
{
    Pending,
    Open,
    Closed,
}

/// <summary>A payment as the gateway shows it.</summary>
/// <param name="State">What the status number means to us.</param>
/// <param name="Amount">Null when amount or currency was not said or could not be represented.</param>
/// <param name="ReasonText">Free text of Status.Reasons, personal until proven otherwise.</param>
/// <param name="GatewayPreapprovalId">The preapproval it was charged to; null when not said.</param>
public sealed record PaymentSnapshot(
    GatewayPayment Gateway,
    PaymentStatus State,
    string? MerchantTransactionId,
    int? GatewayPreapprovalId,
    int? MethodId,
    Money? Amount,
    Money? CapturedAmount,
    Sealed<string>? ReasonText)
{
    public override string ToString() =>
        $"{MerchantTransactionId}, payment {Gateway.PaymentId}: {State} (status {Gateway.StatusId})";
}

/// <summary>What a gateway payment status number means.</summary>
public enum PaymentStatus
{
    /// <summary>A number we do not know: kept, shown, looked up; decides nothing.</summary>
    Unrecognised,
    Pending,

    /// <summary>Pending, and waiting for a person at the provider (14, 37).</summary>
    UnderReview,
    Failed,
    Charged,
    Reversed,
    Disputed,
    PartiallyRefunded,
    Refunded,
    DisputeWon,
    DisputeLost,
    ChargedBack,
}

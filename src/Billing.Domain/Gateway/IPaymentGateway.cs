using Billing.Domain.Preapprovals;

namespace Billing.Domain.Gateway;

/// <summary>The one door to the payment provider, in our own words.</summary>
/// <remarks>
/// No call throws for what the network or the gateway did: that is an answer, <c>Unknown</c> where nothing is certain. Only
/// cancellation by the caller and a site that is not configured throw. No write is ever sent twice by the door itself.
/// What never left the house is <c>NotSent</c>: it may be asked again, later, as if it had not been asked.
/// </remarks>
public interface IPaymentGateway
{
    /// <summary>Creates the preapproval at the gateway: one POST, never repeated here.</summary>
    Task<MandateAnswer> RegisterAsync(string siteId, MandateOrder order, CancellationToken ct);

    /// <summary>Looks for a preapproval by the merchant's id in the newest <paramref name="limit"/> ones, then reads it whole; the gateway has no direct look-up.</summary>
    /// <returns><see cref="MandateAnswer.NotFound"/> when it is not among them; Unknown when it could not be asked.</returns>
    Task<MandateAnswer> FindMandateAsync(string siteId, string merchantPreapprovalId, int limit, CancellationToken ct);

    Task<MandateAnswer> ReadMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct);

    /// <summary>Lists the newest <paramref name="limit"/> preapprovals of the site, limited detail.</summary>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<IReadOnlyList<MandateReading>?> ListMandatesAsync(string siteId, int limit, CancellationToken ct);

    /// <summary>Replaces the preapproval's attributes: one PATCH, never repeated here.</summary>
    Task<MandateAnswer> ChangeMandateAsync(string siteId, int gatewayPreapprovalId, MandateOrder order, CancellationToken ct);

    /// <summary>Closes the preapproval: one DELETE. Told with another status than closed means that it was not closed.</summary>
    Task<MandateAnswer> CloseMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct);

    /// <summary>Sends a charge: one POST, never repeated here.</summary>
    Task<ChargeAnswer> ChargeAsync(ChargeOrder order, CancellationToken ct);

    /// <summary>Lists payments of the site in the order in which the gateway made them, a page at a time, limited detail. What is not in it proves nothing.</summary>
    /// <param name="from">When the gateway made them, inclusive; in which zone the gateway counts is stated nowhere, so leave room for a day.</param>
    /// <param name="page">1 for the first.</param>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<PaymentPage?> ListPaymentsAsync(string siteId, DateTimeOffset from, DateTimeOffset until, int page, CancellationToken ct);

    /// <summary>Asks what became of a charge: lists by MerchantTransactionID, compares exactly, then reads the payment by its id.</summary>
    /// <returns><see cref="ChargeAnswer.NotFound"/> when the gateway says that it has none; Unknown when it could not be asked. The two are never the same.</returns>
    Task<ChargeAnswer> FindChargeAsync(ChargeOrder order, CancellationToken ct);

    /// <summary>Sends a refund: one POST, never repeated here.</summary>
    Task<RefundAnswer> RefundAsync(RefundOrder order, CancellationToken ct);

    /// <summary>Asks what became of a refund: lists those of its payment and compares MerchantTransactionID exactly.</summary>
    /// <returns><see cref="RefundAnswer.NotFound"/> when the list is whole and without it; Unknown when it could not be asked. The two are never the same.</returns>
    Task<RefundAnswer> FindRefundAsync(RefundOrder order, CancellationToken ct);

    /// <summary>All refunds of a payment, whoever asked for them.</summary>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<IReadOnlyList<RefundReading>?> ListRefundsAsync(string siteId, int gatewayPaymentId, CancellationToken ct);

    /// <summary>How a refund of this payment would go.</summary>
    /// <returns>Null when the gateway could not be asked or its answer could not be read.</returns>
    Task<IReadOnlyList<RefundType>?> ReadRefundTypesAsync(string siteId, int gatewayPaymentId, CancellationToken ct);
}

/// <summary>One page of the site's payments, limited detail.</summary>
/// <param name="IsLast">Nothing follows.</param>
public sealed record PaymentPage(IReadOnlyList<PaymentReading> Payments, bool IsLast);

/// <summary>A preapproval as it is sent: created or changed.</summary>
public sealed record MandateOrder(MandateTerms Terms, MandatePersonal Personal);

/// <summary>What the gateway needs to know of a charge, and what its answer is checked against.</summary>
/// <param name="SiteId">Our authenticated site, whose key is used.</param>
/// <param name="GatewayPreapprovalId">The gateway's numeric id.</param>
/// <param name="Description">Sent where the method wants one (84, 1143: the preapproval's own).</param>
/// <param name="ExecutionDate">yyyyMMdd; null: the provider chooses.</param>
/// <param name="Country">ISO 3166 alpha-2 of the preapproval's address, sent where the method wants one (84, 1143).</param>
public sealed record ChargeOrder(
    string SiteId, string MerchantTransactionId, int GatewayPreapprovalId, int MethodId, Money Amount, string? Description, string? Country, string? ExecutionDate = null);

/// <summary>What came back from a call about a preapproval.</summary>
public abstract record MandateAnswer
{
    /// <summary>The gateway answered with a preapproval that is the one we asked about.</summary>
    public sealed record Told(MandateReading Mandate) : MandateAnswer;

    /// <summary>A positive refusal in the gateway's own envelope: nothing was changed there.</summary>
    /// <param name="Code">Status.Reasons[0].Code in digits.</param>
    /// <param name="Text">Free text, personal until proven otherwise.</param>
    public sealed record Refused(string Code, string? Text) : MandateAnswer
    {
        public override string ToString() => $"Refused {Code}";
    }

    public sealed record NotFound : MandateAnswer;

    /// <summary>Nobody knows what happened there.</summary>
    /// <param name="Symptom">snake_case: timeout, connection_lost, http_502, garbled, mismatch_currency, code_14 …</param>
    public sealed record Unknown(string Symptom) : MandateAnswer;

    /// <summary>Provably never sent: no connection came about, or the site's breaker is open. Nothing of what was asked has reached the gateway.</summary>
    /// <param name="Symptom">snake_case: breaker_open, not_connected, name_not_resolved, connect_timeout, tls_failed.</param>
    /// <param name="Wait">How long to wait before it is asked again.</param>
    public sealed record NotSent(string Symptom, TimeSpan Wait) : MandateAnswer;
}

/// <summary>What came back from a call about a charge.</summary>
public abstract record ChargeAnswer
{
    /// <summary>The gateway has this payment, and it is the one we asked for.</summary>
    public sealed record Told(PaymentReading Payment) : ChargeAnswer;

    /// <summary>Refused before it became a payment, in the gateway's own envelope: no money can move.</summary>
    public sealed record Refused(string Code, string? Text) : ChargeAnswer
    {
        public override string ToString() => $"Refused {Code}";
    }

    /// <summary>Code 20: the gateway has this MerchantTransactionID already. Look it up.</summary>
    public sealed record Duplicate : ChargeAnswer;

    public sealed record NotFound : ChargeAnswer;

    /// <inheritdoc cref="MandateAnswer.Unknown"/>
    public sealed record Unknown(string Symptom) : ChargeAnswer;

    /// <inheritdoc cref="MandateAnswer.NotSent"/>
    public sealed record NotSent(string Symptom, TimeSpan Wait) : ChargeAnswer;
}

/// <summary>A preapproval as the gateway shows it. Null means that it was not said.</summary>
/// <param name="Status">Null for a status number that we do not know.</param>
public sealed record MandateReading(GatewayMandate Gateway, MandateStatus? Status, MandateTerms Terms, MandatePersonal Personal);

/// <summary>The gateway's preapproval statuses 1; 2; 3 and 4 (GLOBALPAY.md section 6.5).</summary>
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
public sealed record PaymentReading(
    GatewayPayment Gateway,
    PaymentStatus State,
    string? MerchantTransactionId,
    int? GatewayPreapprovalId,
    int? MethodId,
    Money? Amount,
    Money? CapturedAmount,
    string? ReasonText)
{
    public override string ToString() => $"{MerchantTransactionId}, payment {Gateway.PaymentId}: {State} (status {Gateway.StatusId})";
}

/// <summary>What a gateway payment status number means (DESIGN.md section 5, "Money state").</summary>
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

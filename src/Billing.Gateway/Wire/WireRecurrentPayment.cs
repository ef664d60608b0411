namespace Billing.Gateway.Wire;

/// <summary>The Payment object of a request to POST /v1/payments/recurrent (docs/globalpay.md).</summary>
public sealed record WireRecurrentPayment
{
    public int? PreapprovalID { get; init; }

    public string? MerchantTransactionID { get; init; }

    /// <summary>Hundredths.</summary>
    public Digits? Amount { get; init; }

    public string? Currency { get; init; }

    public int? MethodID { get; init; }

    public string? Description { get; init; }

    public WireAddress? BillingAddress { get; init; }

    /// <summary>yyyyMMdd, SEPA only.</summary>
    public string? ExecutionDate { get; init; }

    public int? SiteID { get; init; }
}

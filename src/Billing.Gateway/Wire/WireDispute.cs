namespace Billing.Gateway.Wire;

/// <summary>GlobalPay's Dispute object, which comes by notification only (docs/globalpay.md).</summary>
public sealed record WireDispute
{
    public int? ID { get; init; }

    public int? SiteID { get; init; }

    public string? Created { get; init; }

    public int? PaymentID { get; init; }

    public int? MethodID { get; init; }

    /// <summary>Hundredths that are claimed.</summary>
    public Digits? Amount { get; init; }

    public string? Currency { get; init; }

    public WireStatus? Status { get; init; }
}

/// <summary>{"Dispute": …}: a notification.</summary>
public sealed record DisputeEnvelope
{
    public WireDispute? Dispute { get; init; }
}

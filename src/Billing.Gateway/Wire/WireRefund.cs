using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>
/// GlobalPay's Refund object in requests, answers and notifications, all keys in the documented order
/// (docs/globalpay.md).
/// </summary>
/// <remarks>Keys that decide nothing may have any shape, so that they cannot hide the outcome.</remarks>
public sealed record WireRefund
{
    public int? ID { get; init; }

    public string? Created { get; init; }

    public string? MerchantTransactionID { get; init; }

    public JsonElement? OriginatorTransactionID { get; init; }

    /// <summary>The payment that it belongs to.</summary>
    public int? InitialPaymentID { get; init; }

    /// <summary>Hundredths: a string of digits in answers, a number in requests and notifications.</summary>
    public Digits? Amount { get; init; }

    public string? Currency { get; init; }

    public string? Description { get; init; }

    public int? TypeID { get; init; }

    public int? SiteID { get; init; }

    public JsonElement? Details { get; init; }

    public JsonElement? Customer { get; init; }

    public JsonElement? BillingAddress { get; init; }

    public JsonElement? BankAddress { get; init; }

    public JsonElement? Articles { get; init; }

    public WireStatus? Status { get; init; }

    /// <summary>Answers only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SplitID { get; init; }
}

/// <summary>{"Refund": …}: an answer, a refusal or a notification.</summary>
public sealed record RefundEnvelope
{
    public WireRefund? Refund { get; init; }
}

/// <summary>{"Refunds": […]}, limited detail, without paging.</summary>
public sealed record RefundList
{
    public IReadOnlyList<WireRefund>? Refunds { get; init; }

    /// <inheritdoc cref="PreapprovalList.Error"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}

/// <summary>The Refund object of a request to POST /v1/payments/{id}/refunds.</summary>
public sealed record WireRefundRequest
{
    public string? MerchantTransactionID { get; init; }

    /// <summary>Hundredths.</summary>
    public Digits? Amount { get; init; }

    public string? Description { get; init; }

    public JsonElement? Details { get; init; }

    public WireCustomer? Customer { get; init; }

    public WireAddress? BillingAddress { get; init; }

    public WireAddress? BankAddress { get; init; }

    public JsonElement? Articles { get; init; }

    public int? SiteID { get; init; }
}

/// <summary>{"Refund": …}: a request to refund.</summary>
public sealed record RefundRequestEnvelope
{
    public WireRefundRequest? Refund { get; init; }
}

/// <summary>{"RefundTypes": […]}: how a refund would go.</summary>
public sealed record RefundTypeList
{
    public IReadOnlyList<WireRefundType>? RefundTypes { get; init; }
}

/// <summary>One way to refund; its parts hold the rule of each field that is needed (docs/globalpay.md).</summary>
public sealed record WireRefundType
{
    public string? Name { get; init; }

    public int? ID { get; init; }

    public bool? AllowsPartialRefund { get; init; }

    /// <summary>As the official clients call it; read, never written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? AllowPartialRefund { get; init; }

    public JsonElement? Customer { get; init; }

    public JsonElement? BillingAddress { get; init; }

    public JsonElement? BankAddress { get; init; }

    public JsonElement? Details { get; init; }
}

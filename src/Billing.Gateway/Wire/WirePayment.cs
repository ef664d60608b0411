using System.Text.Json;

namespace Billing.Gateway.Wire;

/// <summary>
/// GlobalPay's Payment object in answers and notifications, all keys in the documented order (docs/globalpay.md).
/// </summary>
/// <remarks>Keys that decide nothing may have any shape, so that they cannot hide the outcome.</remarks>
public sealed record WirePayment
{
    public int? ID { get; init; }

    public JsonElement? SkinID { get; init; }

    public JsonElement? ClientIP { get; init; }

    public string? Created { get; init; }

    public string? MerchantTransactionID { get; init; }

    public JsonElement? OriginatorTransactionID { get; init; }

    /// <summary>Hundredths.</summary>
    public Digits? Amount { get; init; }

    public string? Currency { get; init; }

    /// <summary>Hundredths.</summary>
    public Digits? CapturedAmount { get; init; }

    public string? ReturnURL { get; init; }

    public string? Description { get; init; }

    public int? MethodID { get; init; }

    public JsonElement? MethodOptionID { get; init; }

    public JsonElement? IncludeMethodIDs { get; init; }

    public JsonElement? ExcludeMethodIDs { get; init; }

    public JsonElement? PrioritizeMethodIDs { get; init; }

    public int? SiteID { get; init; }

    public string? NotificationDateTime { get; init; }

    public JsonElement? Customer { get; init; }

    public JsonElement? BillingAddress { get; init; }

    public JsonElement? ShippingAddress { get; init; }

    public JsonElement? Articles { get; init; }

    public JsonElement? Details { get; init; }

    public JsonElement? ReferenceDetails { get; init; }

    public JsonElement? CustomParameters { get; init; }

    public int? PreapprovalID { get; init; }

    public WireStatus? Status { get; init; }

    public JsonElement? MethodTransactionID { get; init; }

    public JsonElement? TokenLifetime { get; init; }

    public JsonElement? Capture { get; init; }

    public JsonElement? PreapprovalDetails { get; init; }

    public JsonElement? RedirectURL { get; init; }
}

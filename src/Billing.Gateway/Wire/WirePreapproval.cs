using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>GlobalPay's Preapproval object, in requests, answers and notifications (docs/globalpay.md).</summary>
/// <remarks>
/// Property names and their order are the wire's. Null is written as null; the keys that only some methods have are
/// left out unless set.
/// </remarks>
public sealed record WirePreapproval
{
    public int? ID { get; init; }

    /// <summary>Fourteen digits yyyyMMddHHmmss; zone unknown.</summary>
    public string? Created { get; init; }

    public int? MethodID { get; init; }

    public int? SiteID { get; init; }

    public string? MerchantPreapprovalID { get; init; }

    public int? RecurringPeriod { get; init; }

    /// <summary>Hundredths: a string of digits in answers, a number in requests.</summary>
    public Digits? PreapprovedMaximumAmount { get; init; }

    public string? Currency { get; init; }

    public string? ReturnURL { get; init; }

    public string? Description { get; init; }

    public WireCustomer? Customer { get; init; }

    public WireAddress? BillingAddress { get; init; }

    public WireStatus? Status { get; init; }

    public string? RedirectURL { get; init; }

    public int? MethodOptionID { get; init; }

    public string? PreapprovedFrequency { get; init; }

    public string? MandateReference { get; init; }

    /// <summary>Only the Alipay family has this key; an undefined element means that the key is not there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Details { get; init; }

    /// <summary>Requests only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExecutionDate { get; init; }

    /// <summary>Our own extension: read from a storefront and echoed to it, never sent to the gateway.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WireSchedule? Schedule { get; init; }
}

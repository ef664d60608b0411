using System.Text.Json.Serialization;

namespace Billing.Domain.Gateway;

/// <summary>What the merchant asked the customer to approve; nothing personal.</summary>
/// <param name="MerchantPreapprovalId">The merchant's id, unique per site; 1 to 50 of [0-9a-zA-Z_-].</param>
/// <param name="MethodId">
/// The gateway's number of the payment method, for example 46 MercadoPago, 84 SEPA Direct Debit, 1135 KakaoPay.
/// </param>
/// <param name="MethodOptionId">Null or 0: none.</param>
/// <param name="Description">Shown to the customer on the confirmation page; 1 to 255 characters.</param>
/// <param name="Currency">ISO 4217, or null when the merchant named none.</param>
/// <param name="MaximumAmountHundredths">
/// The bound that the customer approves, in hundredths as the gateway counts (its currency may be unnamed); null or 0:
/// none.
/// </param>
/// <param name="RecurringPeriod">Passed through; what it means is stated nowhere (docs/globalpay.md).</param>
/// <param name="ExecutionDate">Passed through, yyyyMMdd.</param>
/// <param name="Country">
/// ISO 3166 alpha-2 of the billing address. It stays readable, because some methods need it to charge.
/// </param>
public sealed record MandateTerms(
    string MerchantPreapprovalId,
    int MethodId,
    int? MethodOptionId,
    string? Description,
    string? Currency,
    long? MaximumAmountHundredths,
    int? RecurringPeriod,
    string? ExecutionDate,
    string? Country);

/// <summary>
/// Everything about a mandate that may identify a person, each part sealed by itself. A part that is null was not
/// stated.
/// </summary>
/// <param name="ReturnUrl">The whole URL: its query may name a person.</param>
/// <param name="Details">JSON text, as the gateway shows it.</param>
public sealed record MandatePersonal(
    Sealed<Customer>? Customer,
    Sealed<Address>? BillingAddress,
    Sealed<string>? ReturnUrl,
    Sealed<string>? RedirectUrl,
    Sealed<string>? MandateReference,
    Sealed<string>? Details)
{
    /// <summary>True when a value that was sent to the gateway cannot be read: its data key is damaged.</summary>
    [JsonIgnore]
    public bool HasClosedValue =>
        Customer is { Value: null } || BillingAddress is { Value: null } || ReturnUrl is { Value: null };

    /// <summary>The values with their stable snake_case names, which are part of what they are sealed with.</summary>
    [JsonIgnore]
    public IEnumerable<(string Field, ISealed? Value)> SealedFields =>
    [
        ("customer", Customer), ("billing_address", BillingAddress), ("return_url", ReturnUrl),
        ("redirect_url", RedirectUrl),
        ("mandate_reference", MandateReference), ("details", Details),
    ];

    /// <summary>
    /// The readable values without what sealed them. A decision that is made again seals them under another key.
    /// </summary>
    public MandatePersonal Unsealed() => new(
        Customer?.Value, BillingAddress?.Value, ReturnUrl?.Value, RedirectUrl?.Value, MandateReference?.Value,
        Details?.Value);

    /// <summary>Shows nothing of the person.</summary>
    public override string ToString() => nameof(MandatePersonal);
}

/// <param name="GatewayId">The gateway's Customer.ID, known from its answers.</param>
public sealed record Customer(
    int? GatewayId,
    string? MerchantCustomerId,
    string? Email,
    string? FirstName,
    string? LastName,
    string? Gender,
    string? SocialSecurityNumber,
    string? SocialSecurityNumber2,
    string? Phone,
    string? Company,
    string? DateOfBirth)
{
    /// <summary>Characters of <see cref="Email"/>.</summary>
    public const int LongestEmail = 320;

    /// <inheritdoc cref="MandatePersonal.ToString"/>
    public override string ToString() => nameof(Customer);
}

/// <param name="GatewayId">The gateway's BillingAddress.ID, known from its answers.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
public sealed record Address(
    int? GatewayId,
    string? City,
    string? ZipCode,
    string? State,
    string? Street,
    string? StreetNumber,
    string? HouseNumber,
    string? HouseExtension,
    string? Country)
{
    /// <inheritdoc cref="MandatePersonal.ToString"/>
    public override string ToString() => nameof(Address);
}

/// <summary>What the gateway adds to the terms when it answers; nothing personal.</summary>
/// <param name="PreapprovalId">The gateway's numeric id of the preapproval.</param>
/// <param name="Created">
/// Fourteen digits as the gateway wrote them: its time zone is stated nowhere (docs/globalpay.md).
/// </param>
/// <param name="SiteId">The site the gateway names, which need not be the one that authenticated.</param>
/// <param name="StatusId">The gateway's status number, also one that we do not know.</param>
/// <param name="StatusInfo">The gateway's word for it; often null, never decided by.</param>
/// <param name="Frequency">PreapprovedFrequency.</param>
public sealed record GatewayMandate(
    int PreapprovalId, string? Created, int? SiteId, int? StatusId, string? StatusInfo, string? Frequency);

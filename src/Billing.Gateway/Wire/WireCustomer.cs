using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>The Customer object; every part of it is personal.</summary>
public sealed record WireCustomer
{
    public int? ID { get; init; }

    public string? MerchantCustomerID { get; init; }

    public string? Email { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Gender { get; init; }

    public string? SocialSecurityNumber { get; init; }

    /// <summary>Only method 84 has this key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public OptionalText SocialSecurityNumber2 { get; init; }

    public string? Phone { get; init; }

    public string? Company { get; init; }

    public string? DateOfBirth { get; init; }
}

/// <summary>The BillingAddress object; every part of it is personal.</summary>
public sealed record WireAddress
{
    public int? ID { get; init; }

    public string? City { get; init; }

    public string? ZipCode { get; init; }

    public string? State { get; init; }

    public string? Street { get; init; }

    public string? StreetNumber { get; init; }

    public string? HouseNumber { get; init; }

    public string? HouseExtension { get; init; }

    public string? Country { get; init; }
}

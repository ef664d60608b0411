using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>From the wire's Preapproval to our words.</summary>
public static class PreapprovalReader
{
    /// <returns>Null for an object without an id, which is not a preapproval of the gateway.</returns>
    public static MandateSnapshot? Read(WirePreapproval wire) => wire.ID is { } id and > 0
        ? new MandateSnapshot(
            new GatewayMandate(
                id, wire.Created, wire.SiteID, wire.Status?.ID, wire.Status?.Info, wire.PreapprovedFrequency),
            PreapprovalStatuses.MeaningOf(wire.Status?.ID),
            TermsOf(wire),
            PersonalOf(wire))
        : null;

    /// <summary>What is not personal. A missing MerchantPreapprovalID is read as "", a missing MethodID as 0.</summary>
    public static MandateTerms TermsOf(WirePreapproval wire) => new(
        wire.MerchantPreapprovalID ?? "",
        wire.MethodID ?? 0,
        wire.MethodOptionID,
        wire.Description,
        wire.Currency,
        wire.PreapprovedMaximumAmount?.Value,
        wire.RecurringPeriod,
        wire.ExecutionDate,
        wire.BillingAddress?.Country);

    public static MandatePersonal PersonalOf(WirePreapproval wire) => new(
        wire.Customer is { } customer ? Sealed<Customer>.Of(CustomerOf(customer)) : null,
        wire.BillingAddress is { } address ? Sealed<Address>.Of(AddressOf(address)) : null,
        Sealed<string>.OfNullable(wire.ReturnURL),
        Sealed<string>.OfNullable(wire.RedirectURL),
        Sealed<string>.OfNullable(wire.MandateReference),
        wire.Details.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? null
            : Sealed<string>.Of(wire.Details.GetRawText()));

    private static Customer CustomerOf(WireCustomer wire) => new(
        wire.ID,
        wire.MerchantCustomerID,
        wire.Email,
        wire.FirstName,
        wire.LastName,
        wire.Gender,
        wire.SocialSecurityNumber,
        wire.SocialSecurityNumber2.Text,
        wire.Phone,
        wire.Company,
        wire.DateOfBirth);

    private static Address AddressOf(WireAddress wire) =>
        new(
            wire.ID, wire.City, wire.ZipCode, wire.State, wire.Street, wire.StreetNumber, wire.HouseNumber,
            wire.HouseExtension, wire.Country);
}

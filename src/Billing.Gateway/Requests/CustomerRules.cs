using System.Text.RegularExpressions;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;
using static Billing.Gateway.Requests.FieldRules;

namespace Billing.Gateway.Requests;

/// <summary>
/// The field rules of Customer and BillingAddress in a request (docs/globalpay.md). The gateway's own ids are not read.
/// </summary>
internal static class CustomerRules
{
    /// <param name="isWhole">False: no part is required.</param>
    public static Customer Customer(WireCustomer? wire, bool isWhole = true) => new(
        null,
        Matched(wire?.MerchantCustomerID, MerchantId(), "MerchantCustomerID", "1 to 50 of 0-9a-zA-Z_-"),
        isWhole || Given(wire?.Email) is not null ? Email(wire?.Email) : null,
        Line(wire?.FirstName, 65, "126", "Customer.FirstName"),
        Line(wire?.LastName, 65, "126", "Customer.LastName"),
        Matched(wire?.Gender, Gender(), "Gender", "0 or 1"),
        Line(wire?.SocialSecurityNumber, 50, ValidationFailed, "Customer.SocialSecurityNumber"),
        Line(wire?.SocialSecurityNumber2.Text, 50, ValidationFailed, "Customer.SocialSecurityNumber2"),
        Matching(
            wire?.Phone, Phone(), "117", "Customer.Phone", "up to 15 digits, with or without a plus sign before them"),
        Line(wire?.Company, 255, ValidationFailed, "Customer.Company"),
        Matched(wire?.DateOfBirth, Date(), "DateOfBirth", "yyyyMMdd"));

    /// <inheritdoc cref="Customer"/>
    public static Address Address(WireAddress? wire, bool isWhole = true) => new(
        null,
        Part(wire?.City, 40, "City"),
        Part(wire?.ZipCode, 50, "ZipCode"),
        Part(wire?.State, 50, "State"),
        Part(wire?.Street, 200, "Street"),
        Part(wire?.StreetNumber, 255, "StreetNumber"),
        Part(wire?.HouseNumber, 255, "HouseNumber"),
        Part(wire?.HouseExtension, 255, "HouseExtension"),
        Country(isWhole ? Required(wire?.Country, MissingParameter, "BillingAddress.Country") : wire?.Country));

    private static string? Matched(string? text, Regex rule, string field, string expected) =>
        Matching(text, rule, ValidationFailed, "Customer." + field, expected);

    private static string? Part(string? text, int most, string field) =>
        Line(text, most, ValidationFailed, "BillingAddress." + field);
}

using System.Text.Json;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>From our words to the wire's Preapproval: answers to storefronts, and requests to the gateway.</summary>
public static class PreapprovalWriter
{
    private static readonly JsonElement Null = JsonElement.Parse("null");

    /// <summary>One preapproval in full detail, every key of its method.</summary>
    /// <param name="gateway">
    /// What the gateway states; a status without its word gets the documented one, as in the gateway's own answers.
    /// </param>
    /// <param name="terms">The terms in force.</param>
    /// <param name="personal">
    /// Null once forgotten. Leave out its RedirectUrl where the gateway shows none: after the opening, except in the
    /// answer to a PATCH.
    /// </param>
    /// <param name="schedule">Our extension, echoed only if set.</param>
    public static WirePreapproval Write(
        GatewayMandate gateway, MandateTerms terms, MandatePersonal? personal, WireSchedule? schedule = null) =>
        Limited(gateway, terms, personal) with
        {
            Customer = personal?.Customer?.Value is { } customer ? AnswerOf(customer, terms.MethodId) : null,
            BillingAddress = personal?.BillingAddress?.Value is { } address
                ? AddressOf(address) with { ID = address.GatewayId ?? 0 }
                : null,
            RedirectURL = personal?.RedirectUrl?.Value,
            Details = Methods.HasDetails(terms.MethodId) ? DetailsOf(personal) : default,
            Schedule = schedule,
        };

    /// <summary>One row of a list: Customer, BillingAddress and RedirectURL null, no Details.</summary>
    public static WirePreapproval Limited(GatewayMandate gateway, MandateTerms terms, MandatePersonal? personal) =>
        new()
        {
            ID = gateway.PreapprovalId,
            Created = gateway.Created,
            MethodID = terms.MethodId,
            SiteID = gateway.SiteId,
            MerchantPreapprovalID = terms.MerchantPreapprovalId,
            RecurringPeriod = terms.RecurringPeriod ?? 0,
            PreapprovedMaximumAmount = terms.MaximumAmountHundredths is { } maximum ? Digits.InString(maximum) : null,
            Currency = terms.Currency,
            ReturnURL = personal?.ReturnUrl?.Value,
            Description = terms.Description,
            Status = new WireStatus
            {
                ID = gateway.StatusId,
                Info = gateway.StatusInfo ?? PreapprovalStatuses.InfoOf(gateway.StatusId),
            },
            MethodOptionID = terms.MethodOptionId ?? 0,
            PreapprovedFrequency = gateway.Frequency,
            MandateReference = personal?.MandateReference?.Value,
        };

    /// <summary>
    /// What is sent to the gateway: what the merchant gave, nothing that the gateway adds, never our extension.
    /// </summary>
    public static WirePreapproval Request(MandateOrder order) => new()
    {
        MerchantPreapprovalID = order.Terms.MerchantPreapprovalId,
        MethodID = order.Terms.MethodId,
        MethodOptionID = GivenOf(order.Terms.MethodOptionId),
        RecurringPeriod = GivenOf(order.Terms.RecurringPeriod),
        PreapprovedMaximumAmount = order.Terms.MaximumAmountHundredths is { } maximum and > 0
            ? Digits.InNumber(maximum)
            : null,
        Currency = order.Terms.Currency,
        ReturnURL = order.Personal.ReturnUrl?.Value,
        Description = order.Terms.Description,
        ExecutionDate = order.Terms.ExecutionDate,
        Customer = order.Personal.Customer?.Value is { } customer
            ? CustomerOf(customer, showSecond: customer.SocialSecurityNumber2 is not null)
            : null,
        BillingAddress = order.Personal.BillingAddress?.Value is { } address ? AddressOf(address) : null,
    };

    // Official clients cannot read a null id here (docs/globalpay.md).
    private static WireCustomer AnswerOf(Customer customer, int methodId) =>
        CustomerOf(customer, Methods.HasSecondSocialSecurityNumber(methodId)) with { ID = customer.GatewayId ?? 0 };

    internal static WireCustomer CustomerOf(Customer customer, bool showSecond) => new()
    {
        MerchantCustomerID = customer.MerchantCustomerId,
        Email = customer.Email,
        FirstName = customer.FirstName,
        LastName = customer.LastName,
        Gender = customer.Gender,
        SocialSecurityNumber = customer.SocialSecurityNumber,
        SocialSecurityNumber2 = showSecond ? OptionalText.There(customer.SocialSecurityNumber2) : default,
        Phone = customer.Phone,
        Company = customer.Company,
        DateOfBirth = customer.DateOfBirth,
    };

    internal static WireAddress AddressOf(Address address) => new()
    {
        City = address.City,
        ZipCode = address.ZipCode,
        State = address.State,
        Street = address.Street,
        StreetNumber = address.StreetNumber,
        HouseNumber = address.HouseNumber,
        HouseExtension = address.HouseExtension,
        Country = address.Country,
    };

    private static JsonElement DetailsOf(MandatePersonal? personal) =>
        personal?.Details?.Value is { } details ? JsonElement.Parse(details) : Null;

    private static int? GivenOf(int? number) => number == 0 ? null : number;
}

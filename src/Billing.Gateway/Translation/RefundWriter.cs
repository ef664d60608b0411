using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>What our Refund object shows.</summary>
/// <param name="RefundId">
/// Null while the gateway has not named one: 0 on the wire, because the official .NET client reads no null there
/// (docs/globalpay.md).
/// </param>
/// <param name="StatusId">1 as long as it is not settled.</param>
/// <param name="Personal">Null once forgotten, and in lists.</param>
public sealed record RefundFacts(
    int? SiteId, int? RefundId, string? Reference, int PaymentId, Money Amount, string? Description, int? TypeId,
    string? Created, int StatusId, string? Code = null, string? ReasonText = null,
    RefundPersonal? Personal = null);

/// <summary>From our words to the wire's Refund: our answers to storefronts, and our requests to the gateway.</summary>
public static class RefundWriter
{
    /// <exception cref="RuleViolation">100 or 118: the amount has no form on the wire.</exception>
    public static WireRefund Write(RefundFacts facts, WireMoney money) => new()
    {
        ID = facts.RefundId ?? 0,
        Created = facts.Created,
        MerchantTransactionID = facts.Reference,
        InitialPaymentID = facts.PaymentId,
        Amount = Digits.InString(money.ToWire(facts.Amount)),
        Currency = facts.Amount.Currency,
        Description = facts.Description,
        TypeID = facts.TypeId ?? 0,
        SiteID = facts.SiteId,
        Details = Json(facts.Personal?.Details),
        Customer = facts.Personal?.Customer is { } customer
            ? JsonSerializer.SerializeToElement(
                CustomerOf(customer) with { ID = customer.GatewayId ?? 0 }, GlobalPayJson.Answers.WireCustomer)
            : null,
        BillingAddress = Address(facts.Personal?.BillingAddress),
        BankAddress = Address(facts.Personal?.BankAddress),
        Articles = Json(facts.Personal?.Articles),
        Status = new WireStatus
        {
            ID = facts.StatusId,
            Info = PaymentStatuses.InfoOf(facts.StatusId),
            Reasons = facts.Code is null ? null : [new WireReason { Code = facts.Code, Info = facts.ReasonText }],
        },
        SplitID = 0,
    };

    public static WireRefundType Write(RefundType type) => new()
    {
        Name = type.Name,
        ID = type.Id,
        AllowsPartialRefund = type.AllowsPartialRefund,
        Customer = Json(type.Customer),
        BillingAddress = Json(type.BillingAddress),
        BankAddress = Json(type.BankAddress),
        Details = Json(type.Details),
    };

    /// <summary>What is sent to the gateway.</summary>
    /// <param name="wireAmount">The order's amount as <see cref="WireMoney"/> made it.</param>
    internal static WireRefundRequest Request(RefundOrder order, long wireAmount) => new()
    {
        MerchantTransactionID = order.Reference,
        Amount = Digits.InNumber(wireAmount),
        Description = order.Description,
        Details = Json(order.Personal?.Details),
        Customer = order.Personal?.Customer is { } customer ? CustomerOf(customer) : null,
        BillingAddress = order.Personal?.BillingAddress is { } billing ? PreapprovalWriter.AddressOf(billing) : null,
        BankAddress = order.Personal?.BankAddress is { } bank ? PreapprovalWriter.AddressOf(bank) : null,
        Articles = Json(order.Personal?.Articles),
    };

    private static WireCustomer CustomerOf(Customer customer) =>
        PreapprovalWriter.CustomerOf(customer, showSecond: customer.SocialSecurityNumber2 is not null);

    private static JsonElement? Address(Address? address) =>
        address is null
            ? null
            : JsonSerializer.SerializeToElement(
                PreapprovalWriter.AddressOf(address) with { ID = address.GatewayId ?? 0 },
                GlobalPayJson.Answers.WireAddress);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>What our Payment object shows beside what the gateway states.</summary>
/// <param name="SiteId">The site that the gateway names, or the authenticated one.</param>
/// <param name="PreapprovalId">The gateway's numeric id.</param>
/// <param name="ReasonText">Free text beside the gateway's code; null once forgotten.</param>
public sealed record PaymentFacts(
    int? SiteId,
    string MerchantTransactionId,
    Money Amount,
    int MethodId,
    int? PreapprovalId,
    string? Description = null,
    Money? CapturedAmount = null,
    string? ReasonText = null);

/// <summary>From our words to the wire's Payment: answers to storefronts, and requests to the gateway.</summary>
public static class PaymentWriter
{
    /// <summary>One payment in full detail.</summary>
    /// <param name="gateway">
    /// While the outcome is unknown: no PaymentId and <see cref="PaymentStatuses.PendingOnProvider"/>.
    /// </param>
    /// <exception cref="RuleViolation">100 or 118: the amount has no form on the wire.</exception>
    public static WirePayment Write(GatewayPayment gateway, PaymentFacts facts, WireMoney money) =>
        Limited(gateway, facts, money) with { ReturnURL = null, Description = facts.Description };

    /// <summary>One row of a list, which has an empty ReturnURL and no Description.</summary>
    /// <inheritdoc cref="Write"/>
    public static WirePayment Limited(GatewayPayment gateway, PaymentFacts facts, WireMoney money) => new()
    {
        ID = gateway.PaymentId,
        Created = gateway.Created,
        MerchantTransactionID = facts.MerchantTransactionId,
        Amount = Digits.InString(money.ToWire(facts.Amount)),
        Currency = facts.Amount.Currency,
        CapturedAmount = facts.CapturedAmount is { } captured ? Digits.InString(money.ToWire(captured)) : null,
        ReturnURL = "",
        MethodID = facts.MethodId,
        SiteID = facts.SiteId,
        NotificationDateTime = gateway.NotifiedAt,
        PreapprovalID = facts.PreapprovalId,
        Status = new WireStatus
        {
            ID = gateway.StatusId,
            Info = gateway.StatusInfo ?? PaymentStatuses.InfoOf(gateway.StatusId),
            Reasons = gateway.Code is null ? null : [new WireReason { Code = gateway.Code, Info = facts.ReasonText }],
        },
    };

    /// <summary>What is sent to the gateway.</summary>
    /// <param name="order">The charge.</param>
    /// <param name="wireAmount">Its amount as <see cref="WireMoney"/> made it.</param>
    internal static WireRecurrentPayment Request(ChargeOrder order, long wireAmount) => new()
    {
        PreapprovalID = order.GatewayPreapprovalId,
        MerchantTransactionID = order.MerchantTransactionId,
        Amount = Digits.InNumber(wireAmount),
        Currency = order.Amount.Currency,
        MethodID = order.MethodId,
        Description = order.Description,
        ExecutionDate = order.ExecutionDate,
        BillingAddress = order.Country is null ? null : new WireAddress { Country = order.Country },
    };
}

using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>From the wire's Payment to our words. Nothing in it is refused: what cannot be read is not said.</summary>
public static class PaymentReader
{
    public static PaymentSnapshot Read(WirePayment wire, WireMoney money) => new(
        new GatewayPayment(
            IdOf(wire.ID), wire.Created, wire.Status?.ID, wire.Status?.Info, wire.Status?.FirstReason?.Code,
            wire.NotificationDateTime),
        PaymentStatuses.MeaningOf(wire.Status?.ID),
        wire.MerchantTransactionID,
        IdOf(wire.PreapprovalID),
        IdOf(wire.MethodID),
        money.Read(wire.Amount, wire.Currency),
        money.Read(wire.CapturedAmount, wire.Currency),
        Sealed<string>.OfNullable(wire.Status?.FirstReason?.Info));

    // Some clients write 0 for "none".
    private static int? IdOf(int? id) => id is > 0 ? id : null;
}

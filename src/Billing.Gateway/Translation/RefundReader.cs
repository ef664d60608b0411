using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>
/// From the wire's Refund and Dispute to our words. Nothing in them is refused: an unreadable value counts as missing.
/// </summary>
public static class RefundReader
{
    /// <returns>Null for what has no id: no refund.</returns>
    public static RefundSnapshot? Read(WireRefund wire, WireMoney money) => wire.ID is not > 0
        ? null
        : new RefundSnapshot(
            wire.ID.Value,
            wire.InitialPaymentID is > 0 ? wire.InitialPaymentID : null,
            string.IsNullOrEmpty(wire.MerchantTransactionID) ? null : wire.MerchantTransactionID,
            MeaningOf(wire.Status?.ID),
            money.Read(wire.Amount, wire.Currency),
            new GatewayRefund(
                wire.TypeID, wire.Created, wire.Status?.ID, wire.Status?.Info, wire.Status?.FirstReason?.Code),
            Sealed<string>.OfNullable(wire.Status?.FirstReason?.Info));

    /// <returns>Null for what names neither itself nor a payment.</returns>
    public static DisputeSnapshot? Read(WireDispute wire, WireMoney money) => wire is { ID: > 0, PaymentID: > 0 }
        ? new DisputeSnapshot(
            wire.ID.Value, wire.PaymentID.Value, wire.Status?.ID, OfDispute(wire.Status?.ID),
            money.Read(wire.Amount, wire.Currency))
        : null;

    // A refund's numbers are a payment's: 1 Open, then 2 Success or 4 Failed are all that is documented.
    private static RefundStatus MeaningOf(int? statusId) => PaymentStatuses.MeaningOf(statusId) switch
    {
        PaymentStatus.Pending or PaymentStatus.UnderReview => RefundStatus.Pending,
        PaymentStatus.Failed => RefundStatus.Failed,
        PaymentStatus.Charged or PaymentStatus.Refunded => RefundStatus.Refunded,
        _ => RefundStatus.Unrecognised,
    };

    private static PaymentStatus OfDispute(int? statusId) =>
        statusId == 1 ? PaymentStatus.Disputed : PaymentStatuses.MeaningOf(statusId) switch
        {
            var known and (PaymentStatus.Disputed or PaymentStatus.DisputeWon or PaymentStatus.DisputeLost) => known,
            _ => PaymentStatus.Unrecognised,
        };
}

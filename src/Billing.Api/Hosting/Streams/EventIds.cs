using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting.Streams;

/// <summary>
/// Ids of stored events. The event that reserves a MerchantTransactionID derives its id from it: it is stored once.
/// </summary>
public static class EventIds
{
    /// <summary>The constraint that a second event with the same id violates.</summary>
    public const string UniqueIndex = "idx_mt_events_event_id";

    public static Guid Of(string site, PreapprovalEvent @event) => @event switch
    {
        IFirstChargeEvent e => OfCharge(site, e.Charge.MerchantTransactionId),
        RefundRequested e => OfRefund(site, e.RefundReference),
        _ => Guid.CreateVersion7(),
    };

    /// <summary>The id of the <see cref="IFirstChargeEvent"/> with this MerchantTransactionID.</summary>
    public static Guid OfCharge(string site, string merchantTransactionId) =>
        DerivedId.Of("charge_requested", site, merchantTransactionId);

    /// <summary>The id of the <see cref="RefundRequested"/> with this MerchantTransactionID.</summary>
    public static Guid OfRefund(string site, string reference) => DerivedId.Of("refund_requested", site, reference);
}

using Billing.Sandbox.Calls;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Disputes;

/// <summary>The Dispute object, sent by notification only, key for key as in the official client's tests.</summary>
internal static class DisputeShape
{
    public static byte[] Notification(Dispute row) => Json.Object(json =>
    {
        json.WriteStartObject("Dispute");
        json.WriteNumber("ID", row.Id);
        json.WriteNumber("SiteID", row.ShownSiteId);
        json.WriteString("Created", row.Created);
        json.WriteNumber("PaymentID", row.PaymentId);
        json.Number("MethodID", row.MethodId);
        json.Amount("Amount", row.Amount);
        json.WriteString("Currency", row.Currency);
        json.Status(row.StatusId, PaymentStatus.Info(row.StatusId), null);
        json.WriteEndObject();
    });
}

namespace Billing.Sandbox;

/// <summary>The Dispute object, which comes by notification only, key for key as the official client's own tests show it.</summary>
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

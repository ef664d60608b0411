using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Attending;

/// <summary>What the gateway comes to show without a notification.</summary>
internal static class GatewayPayments
{
    /// <summary>A payment that is known here, with another status.</summary>
    public static Task ShowAsync(Subscriber subscriber, JsonNode payment, int statusId) => ShowAsync(
        subscriber, (string)payment["merchantTransactionId"]!, statusId, (int)payment["gatewayPaymentId"]!);

    /// <summary>One that is new.</summary>
    public static Task ShowAsync(
        Subscriber subscriber, string merchantTransactionId, int statusId, int? paymentId = null)
    {
        var payment = new JsonObject
        {
            ["SiteID"] = 30201, ["MethodID"] = 46, ["PreapprovalID"] = subscriber.GatewayId, ["Amount"] = "4990",
            ["Currency"] = "BRL", ["MerchantTransactionID"] = merchantTransactionId,
            ["Status"] = new JsonObject { ["ID"] = statusId },
        };

        if (paymentId is { } known)
        {
            payment["ID"] = known;
        }

        return subscriber.World.Sandbox.PostAsync(
            "sandbox/fixtures", new JsonObject { ["Payments"] = new JsonArray(payment) });
    }
}

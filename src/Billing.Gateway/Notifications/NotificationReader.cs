using System.Text.Json;
using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Notifications;

/// <summary>Reads what the gateway posts to us: the first root key decides what it is (docs/globalpay.md).</summary>
public static class NotificationReader
{
    private const int LongestRoot = 50;

    /// <summary>Never throws for the content of the body.</summary>
    public static GatewayUpdate Read(ReadOnlyMemory<byte> body, WireMoney money)
    {
        if (JsonText.Fault(body.Span) is { } fault)
        {
            return new GatewayUpdate.Unreadable(fault);
        }

        try
        {
            return RootOf(body.Span) switch
            {
                null => new GatewayUpdate.Unreadable(
                    "The body must be a JSON object with one of the documented root keys."),
                "Preapproval" => OfMandate(body.Span),
                "Payment" => OfPayment(body.Span, money),
                "Refund" => OfRefund(body.Span, money),
                "Dispute" => OfDispute(body.Span, money),
                var root => new GatewayUpdate.Other(Safe(root)),
            };
        }
        catch (JsonException)
        {
            return new GatewayUpdate.Unreadable("A field of the object has the wrong type or is said twice.");
        }
    }

    private static GatewayUpdate OfMandate(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, TolerantJson.PreapprovalEnvelope)?.Preapproval is { } wire
            && PreapprovalReader.Read(wire) is { } mandate
            ? new GatewayUpdate.OfMandate(mandate)
            : new GatewayUpdate.Unreadable("Preapproval has no ID.");

    private static GatewayUpdate OfPayment(ReadOnlySpan<byte> body, WireMoney money) =>
        JsonSerializer.Deserialize(body, TolerantJson.PaymentEnvelope)?.Payment is { } wire
        && PaymentReader.Read(wire, money) is var payment
        && (payment.Gateway.PaymentId is not null || !string.IsNullOrEmpty(payment.MerchantTransactionId))
            ? new GatewayUpdate.OfPayment(payment)
            : new GatewayUpdate.Unreadable("Payment has neither ID nor MerchantTransactionID.");

    // One that cannot be read, or has no id or payment, can never be matched: it is kept and shown.
    private static GatewayUpdate OfRefund(ReadOnlySpan<byte> body, WireMoney money) =>
        Tolerant(body, TolerantJson.RefundEnvelope)?.Refund is { } wire
            && RefundReader.Read(wire, money) is { GatewayPaymentId: not null } refund
            ? new GatewayUpdate.OfRefund(refund)
            : new GatewayUpdate.Other("Refund");

    private static GatewayUpdate OfDispute(ReadOnlySpan<byte> body, WireMoney money) =>
        Tolerant(body, TolerantJson.DisputeEnvelope)?.Dispute is { } wire
            && RefundReader.Read(wire, money) is { } dispute
            ? new GatewayUpdate.OfDispute(dispute)
            : new GatewayUpdate.Other("Dispute");

    private static T? Tolerant<T>(ReadOnlySpan<byte> body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? RootOf(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonText.MostDepth });
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read()
            && reader.TokenType == JsonTokenType.PropertyName
            ? reader.GetString()
            : null;
    }

    // The sender chose this key, and it is shown and logged.
    private static string Safe(string root) =>
        string.Concat(root.Take(LongestRoot).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '?'));
}

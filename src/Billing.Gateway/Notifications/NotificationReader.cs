using System.Text.Json;
using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Notifications;

/// <summary>Reads what the gateway posts to us: the first root key decides what it is (GLOBALPAY.md section 11).</summary>
public static class NotificationReader
{
    private const int LongestRoot = 50;

    /// <summary>Never throws for what stands in the body.</summary>
    public static GatewayNews Read(ReadOnlyMemory<byte> body, WireMoney money)
    {
        if (JsonText.Fault(body.Span) is { } fault)
        {
            return new GatewayNews.Unreadable(fault);
        }

        try
        {
            return RootOf(body.Span) switch
            {
                null => new GatewayNews.Unreadable("The body must be a JSON object with one of the documented root keys."),
                "Preapproval" => OfMandate(body.Span),
                "Payment" => OfPayment(body.Span, money),
                "Refund" => OfRefund(body.Span, money),
                "Dispute" => OfDispute(body.Span, money),
                var root => new GatewayNews.Other(Safe(root)),
            };
        }
        catch (JsonException)
        {
            return new GatewayNews.Unreadable("A field of the object has the wrong type or is said twice.");
        }
    }

    private static GatewayNews OfMandate(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, ForgivingJson.PreapprovalEnvelope)?.Preapproval is { } wire && PreapprovalReader.Read(wire) is { } mandate
            ? new GatewayNews.OfMandate(mandate)
            : new GatewayNews.Unreadable("Preapproval has no ID.");

    private static GatewayNews OfPayment(ReadOnlySpan<byte> body, WireMoney money) =>
        JsonSerializer.Deserialize(body, ForgivingJson.PaymentEnvelope)?.Payment is { } wire
        && PaymentReader.Read(wire, money) is var payment
        && (payment.Gateway.PaymentId is not null || !string.IsNullOrEmpty(payment.MerchantTransactionId))
            ? new GatewayNews.OfPayment(payment)
            : new GatewayNews.Unreadable("Payment has neither ID nor MerchantTransactionID.");

    // One that cannot be read, or names neither itself nor a payment, can never be matched: kept and shown. Sending it again would not mend it.
    private static GatewayNews OfRefund(ReadOnlySpan<byte> body, WireMoney money) =>
        Lenient(body, ForgivingJson.RefundEnvelope)?.Refund is { } wire && RefundReader.Read(wire, money) is { GatewayPaymentId: not null } refund
            ? new GatewayNews.OfRefund(refund)
            : new GatewayNews.Other("Refund");

    private static GatewayNews OfDispute(ReadOnlySpan<byte> body, WireMoney money) =>
        Lenient(body, ForgivingJson.DisputeEnvelope)?.Dispute is { } wire && RefundReader.Read(wire, money) is { } dispute
            ? new GatewayNews.OfDispute(dispute)
            : new GatewayNews.Other("Dispute");

    private static T? Lenient<T>(ReadOnlySpan<byte> body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
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
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
    }

    // A key of the sender's choosing is shown to people and written to logs.
    private static string Safe(string root) => string.Concat(root.Take(LongestRoot).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '?'));
}

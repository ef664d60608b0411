using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Billing.Gateway.Wire;

/// <summary>How what the gateway says is read: a value that decides nothing may have any shape, and is then not said, instead of hiding what became of money or mandate.</summary>
/// <remarks>What decides is never forgiven: unreadable must not become "not said", which passes checks.</remarks>
internal static class ForgivingJson
{
    private static readonly Dictionary<Type, string[]> Deciding = new()
    {
        [typeof(WirePayment)] =
        [
            nameof(WirePayment.ID), nameof(WirePayment.MerchantTransactionID), nameof(WirePayment.Amount), nameof(WirePayment.Currency), nameof(WirePayment.SiteID),
            nameof(WirePayment.PreapprovalID), nameof(WirePayment.Status),
        ],
        [typeof(WirePreapproval)] = [nameof(WirePreapproval.ID), nameof(WirePreapproval.MerchantPreapprovalID), nameof(WirePreapproval.SiteID), nameof(WirePreapproval.Status)],
        [typeof(WireRefund)] =
        [
            nameof(WireRefund.ID), nameof(WireRefund.MerchantTransactionID), nameof(WireRefund.InitialPaymentID), nameof(WireRefund.Amount), nameof(WireRefund.Currency),
            nameof(WireRefund.Status),
        ],
        [typeof(WireDispute)] =
        [
            nameof(WireDispute.ID), nameof(WireDispute.PaymentID), nameof(WireDispute.Amount), nameof(WireDispute.Currency), nameof(WireDispute.Status),
        ],
        [typeof(WireStatus)] = [nameof(WireStatus.ID)],
        [typeof(WireReason)] = [nameof(WireReason.Code)],
        [typeof(WireCustomer)] = [],
        [typeof(WireAddress)] = [],
    };

    private static readonly JsonSerializerOptions Options = Forgiving();

    public static JsonTypeInfo<PreapprovalEnvelope> PreapprovalEnvelope { get; } = Of<PreapprovalEnvelope>();

    public static JsonTypeInfo<PaymentEnvelope> PaymentEnvelope { get; } = Of<PaymentEnvelope>();

    public static JsonTypeInfo<PreapprovalList> PreapprovalList { get; } = Of<PreapprovalList>();

    public static JsonTypeInfo<PaymentList> PaymentList { get; } = Of<PaymentList>();

    public static JsonTypeInfo<RefundEnvelope> RefundEnvelope { get; } = Of<RefundEnvelope>();

    public static JsonTypeInfo<RefundList> RefundList { get; } = Of<RefundList>();

    public static JsonTypeInfo<DisputeEnvelope> DisputeEnvelope { get; } = Of<DisputeEnvelope>();

    private static JsonSerializerOptions Forgiving()
    {
        var options = GlobalPayJson.With(JsonIgnoreCondition.Never);
        options.TypeInfoResolver = GlobalPayJson.Default.WithAddedModifier(Forgive);
        options.MakeReadOnly();
        return options;
    }

    private static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static void Forgive(JsonTypeInfo type)
    {
        if (Deciding.TryGetValue(type.Type, out var deciding))
        {
            foreach (var property in type.Properties.Where(property => !deciding.Contains(property.Name, StringComparer.Ordinal)))
            {
                property.CustomConverter = ForgiverOf(property.PropertyType) ?? property.CustomConverter;
            }
        }
    }

    private static JsonConverter? ForgiverOf(Type type) =>
        type == typeof(string) ? new ForgivingText()
        : type == typeof(int?) ? new ForgivingInt32()
        : type == typeof(Digits?) ? new ForgivingDigits()
        : type == typeof(OptionalText) ? new ForgivingOptionalText()
        : type == typeof(WireCustomer) ? new ForgivingObject<WireCustomer>()
        : type == typeof(WireAddress) ? new ForgivingObject<WireAddress>()
        : type == typeof(IReadOnlyList<WireReason>) ? new ForgivingReasons()
        : null; // JsonElement takes anything; Schedule is ours and never the gateway's.
}

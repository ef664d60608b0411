using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Billing.Gateway.Wire;

/// <summary>
/// How the gateway's answers are read: a value that decides nothing may have any shape and then counts as missing.
/// </summary>
/// <remarks>A value that decides is read strictly: unreadable must not become missing, which passes checks.</remarks>
internal static class TolerantJson
{
    private static readonly Dictionary<Type, string[]> Deciding = new()
    {
        [typeof(WirePayment)] =
        [
            nameof(WirePayment.ID), nameof(WirePayment.MerchantTransactionID), nameof(WirePayment.Amount),
            nameof(WirePayment.Currency), nameof(WirePayment.SiteID),
            nameof(WirePayment.PreapprovalID), nameof(WirePayment.Status),
        ],
        [typeof(WirePreapproval)] =
        [
            nameof(WirePreapproval.ID), nameof(WirePreapproval.MerchantPreapprovalID), nameof(WirePreapproval.SiteID),
            nameof(WirePreapproval.Status),
        ],
        [typeof(WireRefund)] =
        [
            nameof(WireRefund.ID), nameof(WireRefund.MerchantTransactionID), nameof(WireRefund.InitialPaymentID),
            nameof(WireRefund.Amount), nameof(WireRefund.Currency),
            nameof(WireRefund.Status),
        ],
        [typeof(WireDispute)] =
        [
            nameof(WireDispute.ID), nameof(WireDispute.PaymentID), nameof(WireDispute.Amount),
            nameof(WireDispute.Currency), nameof(WireDispute.Status),
        ],
        [typeof(WireStatus)] = [nameof(WireStatus.ID)],
        [typeof(WireReason)] = [nameof(WireReason.Code)],
        [typeof(WireCustomer)] = [],
        [typeof(WireAddress)] = [],
    };

    private static readonly JsonSerializerOptions Options = Tolerant();

    public static JsonTypeInfo<PreapprovalEnvelope> PreapprovalEnvelope { get; } = Of<PreapprovalEnvelope>();

    public static JsonTypeInfo<PaymentEnvelope> PaymentEnvelope { get; } = Of<PaymentEnvelope>();

    public static JsonTypeInfo<PreapprovalList> PreapprovalList { get; } = Of<PreapprovalList>();

    public static JsonTypeInfo<PaymentList> PaymentList { get; } = Of<PaymentList>();

    public static JsonTypeInfo<RefundEnvelope> RefundEnvelope { get; } = Of<RefundEnvelope>();

    public static JsonTypeInfo<RefundList> RefundList { get; } = Of<RefundList>();

    public static JsonTypeInfo<DisputeEnvelope> DisputeEnvelope { get; } = Of<DisputeEnvelope>();

    private static JsonSerializerOptions Tolerant()
    {
        var options = GlobalPayJson.With(JsonIgnoreCondition.Never);
        options.TypeInfoResolver = GlobalPayJson.Default.WithAddedModifier(MakeTolerant);
        options.MakeReadOnly();
        return options;
    }

    private static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static void MakeTolerant(JsonTypeInfo type)
    {
        if (Deciding.TryGetValue(type.Type, out var deciding))
        {
            foreach (var property in type.Properties.Where(one => !deciding.Contains(one.Name, StringComparer.Ordinal)))
            {
                property.CustomConverter = TolerantConverterOf(property.PropertyType) ?? property.CustomConverter;
            }
        }
    }

    private static JsonConverter? TolerantConverterOf(Type type) =>
        type == typeof(string) ? new TolerantText()
        : type == typeof(int?) ? new TolerantInt32()
        : type == typeof(Digits?) ? new TolerantDigits()
        : type == typeof(OptionalText) ? new TolerantOptionalText()
        : type == typeof(WireCustomer) ? new TolerantObject<WireCustomer>()
        : type == typeof(WireAddress) ? new TolerantObject<WireAddress>()
        : type == typeof(IReadOnlyList<WireReason>) ? new TolerantReasons()
        : null; // JsonElement takes any shape; Schedule never comes from the gateway.
}

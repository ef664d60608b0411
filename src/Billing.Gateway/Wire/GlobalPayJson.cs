using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>How the wire types become JSON and back.</summary>
[JsonSerializable(typeof(PreapprovalEnvelope))]
[JsonSerializable(typeof(PaymentEnvelope))]
[JsonSerializable(typeof(RecurrentEnvelope))]
[JsonSerializable(typeof(PreapprovalList))]
[JsonSerializable(typeof(PaymentList))]
[JsonSerializable(typeof(RefundEnvelope))]
[JsonSerializable(typeof(RefundRequestEnvelope))]
[JsonSerializable(typeof(RefundList))]
[JsonSerializable(typeof(RefundTypeList))]
[JsonSerializable(typeof(DisputeEnvelope))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(WireReason))]
public sealed partial class GlobalPayJson : JsonSerializerContext
{
    /// <summary>For writing answers and for reading what storefronts ask: nulls are written. What the gateway says is read by <see cref="ForgivingJson"/>.</summary>
    public static GlobalPayJson Answers { get; } = new(With(JsonIgnoreCondition.Never));

    /// <summary>For what is asked of the gateway: keys without a value are left out, as in the documented requests.</summary>
    public static GlobalPayJson Requests { get; } = new(With(JsonIgnoreCondition.WhenWritingNull));

    // A key said twice is refused: whichever of the two were taken, somebody would have meant the other.
    // The relaxed encoder writes & and + as they are, as the gateway does; the result is JSON, never HTML.
    internal static JsonSerializerOptions With(JsonIgnoreCondition ignore) => new()
    {
        DefaultIgnoreCondition = ignore,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = JsonText.MostDepth,
        AllowDuplicateProperties = false,
        Converters = { new LenientText(), new LenientInt32() },
    };
}

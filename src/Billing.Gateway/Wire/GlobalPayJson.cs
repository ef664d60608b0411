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
    /// <summary>
    /// For writing answers and reading requests of storefronts: nulls are written. The gateway's answers are read by
    /// <see cref="TolerantJson"/>.
    /// </summary>
    public static GlobalPayJson Answers { get; } = new(With(JsonIgnoreCondition.Never));

    /// <summary>For requests to the gateway: keys without a value are omitted, as in the documented requests.</summary>
    public static GlobalPayJson Requests { get; } = new(With(JsonIgnoreCondition.WhenWritingNull));

    // A repeated key is refused: it is not known which of the two values is meant.
    // The relaxed encoder writes & and + as they are, as the gateway does; the result is JSON, never HTML.
    internal static JsonSerializerOptions With(JsonIgnoreCondition ignore) => new()
    {
        DefaultIgnoreCondition = ignore,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = JsonText.MostDepth,
        AllowDuplicateProperties = false,
        Converters = { new TextOrNumberConverter(), new Int32OrTextConverter() },
    };
}

using System.Text.Json.Serialization;

namespace Billing.Api.Explanations;

/// <summary>The JSON of explanations and of the events of a subscription: camelCase, nulls written, RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClosingView))]
[JsonSerializable(typeof(EventViews))]
[JsonSerializable(typeof(ExplanationView))]
public sealed partial class ExplanationJsonContext : JsonSerializerContext;

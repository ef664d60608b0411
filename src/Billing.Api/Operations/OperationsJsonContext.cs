using System.Text.Json.Serialization;

namespace Billing.Api.Operations;

/// <summary>The JSON of operations: camelCase, nulls written, RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FeedView))]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(Readiness))]
public sealed partial class OperationsJsonContext : JsonSerializerContext;

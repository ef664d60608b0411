using System.Text.Json.Serialization;
using Billing.Api.Charges;

namespace Billing.Api.SubscriptionsApi;

/// <summary>The JSON of our own paths: camelCase, nulls written, RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SubscriptionPage))]
[JsonSerializable(typeof(SubscriptionView))]
[JsonSerializable(typeof(PaymentViews))]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(ChargeNowRequest))]
[JsonSerializable(typeof(FindByEmail))]
[JsonSerializable(typeof(UpcomingView))]
[JsonSerializable(typeof(SkipRequest))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;

using System.Text.Json.Serialization;
using Billing.Api.Charges;

namespace Billing.Api.SubscriptionsApi;

/// <summary>
/// The JSON of our own paths: camelCase, nulls written, RFC 3339. A key that comes twice is refused: it is not known
/// which of the two values is meant.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SubscriptionPage))]
[JsonSerializable(typeof(SubscriptionView))]
[JsonSerializable(typeof(PaymentViews))]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(ChargeNowRequest))]
[JsonSerializable(typeof(FindByEmail))]
[JsonSerializable(typeof(UpcomingView))]
[JsonSerializable(typeof(SkipRequest))]
[JsonSerializable(typeof(PauseRequest))]
[JsonSerializable(typeof(ScheduleChangeRequest))]
[JsonSerializable(typeof(RetryRequest))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;

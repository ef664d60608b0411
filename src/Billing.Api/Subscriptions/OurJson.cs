using System.Text.Json.Serialization;
using Billing.Api.Audit;
using Billing.Api.Explanations;
using Billing.Api.Notifications;
using Billing.Api.Payments;
using Billing.Api.Skipping;
using Microsoft.AspNetCore.Mvc;

namespace Billing.Api.Subscriptions;

/// <summary>The JSON of our own paths: camelCase, nulls written, RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SubscriptionPage))]
[JsonSerializable(typeof(SubscriptionView))]
[JsonSerializable(typeof(PaymentViews))]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(EventViews))]
[JsonSerializable(typeof(FeedView))]
[JsonSerializable(typeof(ChargeNowRequest))]
[JsonSerializable(typeof(FindByEmail))]
[JsonSerializable(typeof(UpcomingView))]
[JsonSerializable(typeof(ClosingView))]
[JsonSerializable(typeof(ExplanationView))]
[JsonSerializable(typeof(SkipRequest))]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(NotificationView))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class OurJson : JsonSerializerContext;

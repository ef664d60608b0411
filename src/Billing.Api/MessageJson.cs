using System.Text.Json.Serialization;
using Billing.Api.Abandoning;
using Billing.Api.Changing;
using Billing.Api.Charging;
using Billing.Api.Closing;
using Billing.Api.Notifying;
using Billing.Api.Refunding;
using Billing.Api.Resolving;
using Billing.Api.Subscribing;

namespace Billing.Api;

/// <summary>How messages are stored: ids and numbers only, nothing personal.</summary>
[JsonSerializable(typeof(ChargeDue))]
[JsonSerializable(typeof(SubmitCharge))]
[JsonSerializable(typeof(RegisterPreapproval))]
[JsonSerializable(typeof(SubmitChange))]
[JsonSerializable(typeof(SubmitClose))]
[JsonSerializable(typeof(LookUpCharge))]
[JsonSerializable(typeof(LookUpMandate))]
[JsonSerializable(typeof(AbandonPreapproval))]
[JsonSerializable(typeof(ApplyNotification))]
[JsonSerializable(typeof(MatchNotification))]
[JsonSerializable(typeof(SubmitRefund))]
[JsonSerializable(typeof(LookUpRefund))]
[JsonSerializable(typeof(ReadAfterwards))]
[JsonSerializable(typeof(RefundPaidTwice))]
internal sealed partial class MessageJson : JsonSerializerContext;

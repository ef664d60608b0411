using System.Text.Json.Serialization;

namespace Billing.Api.Notifications;

/// <summary>One line of the notification log; nothing personal.</summary>
/// <param name="Status">received, matched, parked, kept, unreadable, expired.</param>
/// <param name="Kind">The root key of its body; null until it is read.</param>
/// <param name="Outcome">Of a matched one: applied, duplicate, stale, unrecognised.</param>
/// <param name="Explanation">What was done with it and why, in a sentence.</param>
/// <param name="Reference">The merchant's id of what it is about.</param>
/// <param name="GatewayId">The gateway's id of what it is about.</param>
/// <param name="SubscriptionId">The stream it was matched to.</param>
/// <param name="NotifiedAt">The gateway's own time of it, fourteen digits.</param>
/// <param name="AskedAgainAt">When it is applied again, or the gateway is asked about it again.</param>
/// <param name="HasBody">False once its body has expired or its person was forgotten.</param>
public sealed record NotificationView(
    Guid Id, DateTimeOffset ReceivedAt, string Status, string? Kind, string? Outcome, string? Reason,
    string Explanation, string? Reference, long? GatewayId, Guid? SubscriptionId, string? NotifiedAt,
    DateTimeOffset? AskedAgainAt, bool HasBody)
{
    public static NotificationView Of(Notification one) => new(
        one.Id, one.ReceivedAt, one.Status, one.Kind, one.Outcome, one.Reason, NotificationExplanation.Of(one),
        one.Reference, one.GatewayId, one.PreapprovalId, one.NotifiedAt, one.AskAgainAt, one.Body is not null);
}

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record NotificationPage(IReadOnlyList<NotificationView> Notifications, string? Next);

/// <summary>What is searched for; null: anything.</summary>
/// <param name="Status">A status or an outcome.</param>
/// <param name="Reference">The merchant's id or the gateway's number of a preapproval or payment.</param>
/// <param name="Since">Received then or later.</param>
public sealed record NotificationFilter(
    string? Status = null, string? Kind = null, string? Reference = null, DateTimeOffset? Since = null)
{
    public static readonly IReadOnlyList<string> Outcomes = ["applied", "duplicate", "stale", "unrecognised"];

    public static readonly IReadOnlyList<string> Statuses =
    [
        Notification.Received, Notification.Matched, Notification.Parked, Notification.Kept, Notification.Unreadable,
        Notification.Expired, .. Outcomes,
    ];
}

/// <summary>The JSON of the notification log: camelCase, nulls written, RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(NotificationView))]
public sealed partial class NotificationJsonContext : JsonSerializerContext;

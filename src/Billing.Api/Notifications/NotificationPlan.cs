using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifications;

/// <summary>What a notification is about.</summary>
/// <param name="Kind">The root key of its body.</param>
/// <param name="Reference"><inheritdoc cref="Notification.Reference" path="/summary"/></param>
/// <param name="GatewayId"><inheritdoc cref="Notification.GatewayId" path="/summary"/></param>
/// <param name="NotifiedAt"><inheritdoc cref="Notification.NotifiedAt" path="/summary"/></param>
public sealed record NotificationSubject(string Kind, string? Reference, long? GatewayId, string? NotifiedAt = null);

/// <summary>Decides what a notification records, by the state under the stream's lock.</summary>
public delegate IReadOnlyList<PreapprovalEvent> NotificationRule(Preapproval state);

/// <summary>What is to be done with a notification, decided before any lock is taken.</summary>
public abstract record NotificationPlan
{
    public const string Applied = "applied";
    public const string NothingNew = "nothing_new";
    public const string NotKnownYet = "not_known_yet";

    /// <summary>No rule acts on it, or it cannot be read.</summary>
    public sealed record SetAside(string Status, string Kind, string Reason) : NotificationPlan;

    /// <summary>It is kept for later, or for an operator.</summary>
    public sealed record Park(NotificationSubject Subject, string Reason) : NotificationPlan
    {
        public Notification Apply(Notification notification, DateTimeOffset now) => Unverified.IsAskedAgain(Reason)
            ? notification.ParkUnverified(Subject, Reason, now)
            : notification.Park(Subject, Reason);
    }

    /// <summary>A rule is applied to the stream that it matches.</summary>
    /// <param name="NothingNewAs">The outcome when the rule decides nothing.</param>
    /// <param name="Still">The notification stays parked although the rule may record something.</param>
    public sealed record Record(
        NotificationSubject Subject, Guid PreapprovalId, string NothingNewAs, NotificationRule Rule, Park? Still = null)
        : NotificationPlan;
}

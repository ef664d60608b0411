namespace Billing.Api.Notifications;

/// <summary>Applies notifications that were committed with this message.</summary>
/// <param name="Ids">Of one site; what the notifications say stays sealed.</param>
public sealed record ApplyNotifications(string Site, IReadOnlyList<Guid> Ids);

public static class ApplyNotificationsHandler
{
    /// <remarks>A second delivery finds nothing that is still received, or records nothing.</remarks>
    public static Task Handle(ApplyNotifications command, NotificationMessages messages, CancellationToken ct) =>
        messages.ApplyAsync(command, ct);
}

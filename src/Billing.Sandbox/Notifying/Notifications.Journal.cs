using System.Text.Json;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Notifying;

/// <summary>Notifications in the state file: what an earlier process left, and what a reset removes.</summary>
internal sealed partial class Notifications : IRemembered
{
    /// <summary>After a start: what an earlier process had not delivered goes on.</summary>
    public void Resume()
    {
        foreach (var notification in All.Where(n => n.State is NotificationState.Waiting).ToList())
        {
            if (notification.Due is { } due)
            {
                slow.Add((due, notification.Id));
            }
            else if (notification.AfterId != 0
                && Find(notification.AfterId) is { State: NotificationState.Waiting, Attempts.Count: 0 })
            {
                Follow(notification);
            }
            else
            {
                Start(notification);
            }
        }
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind == "notification")
        {
            var notification = row.Deserialize<Notification>()!;
            all[notification.Id] = notification;
            lastId = Math.Max(lastId, notification.Id);
        }
    }

    public void Recalled()
    {
        foreach (var notification in All.Where(n => n.State is not NotificationState.Waiting))
        {
            done.Enqueue(notification.Id);
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => All.Select(n => ("notification", (object)n));

    public void Forget()
    {
        all.Clear();
        active.Clear();
        soon.Clear();
        slow.Clear();
        followers.Clear();
        done.Clear();
        lastId = 0;
    }
}

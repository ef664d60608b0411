using System.Text.Json;
using System.Threading.Channels;

namespace Billing.Sandbox;

/// <summary>All notifications: ready to be sent, waiting for their next attempt, and done.</summary>
/// <remarks>Callers hold the one lock. Of those that are done the newest 10,000 are kept.</remarks>
internal sealed class Notifications(SandboxClock clock, Journal journal) : IRemembered
{
    private const int DoneLimit = 10_000;

    private readonly SortedDictionary<int, Notification> all = [];
    private readonly HashSet<Notification> active = [];
    private readonly SortedSet<(DateTimeOffset Due, int Id)> slow = [];
    private readonly Queue<int> done = new();
    private readonly Channel<Notification> ready = Channel.CreateUnbounded<Notification>();
    private int lastId;

    public ChannelReader<Notification> Ready => ready.Reader;

    public IEnumerable<Notification> All => all.Values;

    /// <summary>How many have to be delivered now: being sent, waiting a few real seconds, or due by the sandbox clock.</summary>
    public int DueCount => active.Count + slow.TakeWhile(s => s.Due <= clock.Now).Count();

    public Notification? Find(int id) => all.GetValueOrDefault(id);

    public Notification Post(int site, string kind, int objectId, string? merchantId, int statusId, byte[] body, NotificationFate fate)
    {
        var first = Add(site, kind, objectId, merchantId, statusId, body);
        if (fate is NotificationFate.Lost)
        {
            first.State = NotificationState.Lost;
            Finish(first);
            return first;
        }

        Start(first);
        if (fate is NotificationFate.SentTwice)
        {
            Start(Add(site, kind, objectId, merchantId, statusId, body));
        }

        return first;
    }

    /// <summary>Sends it (again), whatever became of it before.</summary>
    public void Resend(Notification notification)
    {
        if (active.Contains(notification))
        {
            return;
        }

        if (notification.Due is { } due)
        {
            slow.Remove((due, notification.Id));
        }

        notification.Tries = 0;
        Start(notification);
    }

    /// <summary>Takes up what the sandbox clock has made due.</summary>
    public void ReleaseDue()
    {
        while (slow.Count > 0 && slow.Min is var next && next.Due <= clock.Now)
        {
            slow.Remove(next);
            Start(all[next.Id]);
        }
    }

    /// <summary>Books an attempt. The result is the real time to wait before <see cref="Again"/>, or null when nothing follows soon.</summary>
    public TimeSpan? Attempted(Notification notification, string answer)
    {
        if (!active.Contains(notification))
        {
            // Forgotten while it was on its way.
            return null;
        }

        notification.Attempts.Add(new DeliveryAttempt(clock.RealNow, answer));
        notification.Tries++;
        if (answer == "204")
        {
            notification.Acknowledge();
            Finish(notification);
            return null;
        }

        if (RetryGaps.QuickAfter(notification.Tries) is { } soon)
        {
            Remember(notification);
            return soon;
        }

        active.Remove(notification);
        var due = clock.Now + RetryGaps.SlowAfter(notification.Tries);
        if (due > notification.Created + RetryGaps.Patience)
        {
            notification.State = NotificationState.GivenUp;
            Finish(notification);
            return null;
        }

        notification.Due = due;
        slow.Add((due, notification.Id));
        Remember(notification);
        return null;
    }

    public void Again(Notification notification)
    {
        if (active.Contains(notification))
        {
            ready.Writer.TryWrite(notification);
        }
    }

    /// <summary>After a start: what an earlier process had not delivered goes on.</summary>
    public void Resume()
    {
        foreach (var notification in all.Values.Where(n => n.State is NotificationState.Waiting))
        {
            if (notification.Due is { } due)
            {
                slow.Add((due, notification.Id));
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
            if (!all.ContainsKey(notification.Id) && notification.State is not NotificationState.Waiting)
            {
                done.Enqueue(notification.Id);
            }

            all[notification.Id] = notification;
            lastId = Math.Max(lastId, notification.Id);
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => all.Values.Select(n => ("notification", (object)n));

    public void Forget()
    {
        all.Clear();
        active.Clear();
        slow.Clear();
        done.Clear();
        lastId = 0;
    }

    private Notification Add(int site, string kind, int objectId, string? merchantId, int statusId, byte[] body)
    {
        var notification = new Notification { Id = ++lastId, SiteId = site, Kind = kind, ObjectId = objectId, MerchantId = merchantId, StatusId = statusId, Created = clock.Now, Body = body };
        all[notification.Id] = notification;
        return notification;
    }

    private void Start(Notification notification)
    {
        notification.State = NotificationState.Waiting;
        notification.Due = null;
        active.Add(notification);
        Remember(notification);
        ready.Writer.TryWrite(notification);
    }

    private void Finish(Notification notification)
    {
        active.Remove(notification);
        Remember(notification);
        done.Enqueue(notification.Id);
        while (done.Count > DoneLimit && done.TryDequeue(out var oldest))
        {
            if (all.TryGetValue(oldest, out var old) && old.State is not NotificationState.Waiting)
            {
                all.Remove(oldest);
            }
        }
    }

    private void Remember(Notification notification) => journal.Write("notification", notification);
}

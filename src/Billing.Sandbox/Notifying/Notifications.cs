using System.Threading.Channels;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Notifying;

/// <summary>All notifications: ready to be sent, waiting for their next attempt, and done.</summary>
/// <remarks>Callers hold the one lock. Of those that are done the newest 10,000 are kept.</remarks>
internal sealed partial class Notifications(
    SandboxClock clock, Scenarios scenarios, NotificationSubjects subjects, Journal journal)
{
    private const int DoneLimit = 10_000;

    private readonly Dictionary<int, Notification> all = [];
    private readonly HashSet<Notification> active = [];
    private readonly PriorityQueue<Notification, DateTimeOffset> soon = new();
    private readonly SortedSet<(DateTimeOffset Due, int Id)> slow = [];
    private readonly Dictionary<int, Notification> followers = [];
    private readonly Queue<int> done = new();
    private readonly Channel<Notification> ready = Channel.CreateUnbounded<Notification>();
    private int lastId;

    public ChannelReader<Notification> Ready => ready.Reader;

    /// <summary>In the order in which they were made.</summary>
    public IEnumerable<Notification> All => all.Values.OrderBy(n => n.Id);

    /// <summary>
    /// How many have to be delivered now: being sent, waiting for seconds, or due by the sandbox clock.
    /// </summary>
    public int DueCount => active.Count + slow.TakeWhile(s => s.Due <= clock.Now).Count();

    public Notification? Find(int id) => all.GetValueOrDefault(id);

    /// <param name="fate">Ordered by the call that this is about; otherwise a rule for notifications decides.</param>
    public Notification Post(
        int site, string kind, int objectId, string? merchantId, int statusId, byte[] body, NotificationFate fate)
    {
        if (fate.Kind is NotificationFate.Way.Sent && scenarios.AnyFor(OperationName.Notify))
        {
            fate = NotificationFates.Of(scenarios.Take(OperationName.Notify, subjects.Of(kind, objectId, merchantId)));
        }

        switch (fate.Kind)
        {
            case NotificationFate.Way.Lost:
                var lost = Add(body);
                lost.State = NotificationState.Lost;
                Finish(lost);
                return lost;
            case NotificationFate.Way.Late:
                var late = Add(body);
                Wait(late, clock.Now.AddDays(fate.AfterDays));
                return late;
            case NotificationFate.Way.Old:
                return Start(Add(BentBody.Earlier(kind, body)));
            case NotificationFate.Way.Twice:
                var first = Start(Add(body));
                Start(Add(body));
                return first;
            case NotificationFate.Way.Reordered:
                var newer = Start(Add(body));
                Follow(Add(BentBody.Earlier(kind, body), after: newer.Id));
                return newer;
            case NotificationFate.Way.Forged:
                var forged = Start(Add(BentBody.Opposite(kind, statusId, body), isForged: true));
                return Follow(Add(body, after: forged.Id));
            default:
                return Start(Add(body));
        }

        Notification Add(byte[] said, int after = 0, bool isForged = false)
        {
            var notification = new Notification
            {
                Id = ++lastId, SiteId = site, Kind = kind, ObjectId = objectId, MerchantId = merchantId,
                StatusId = statusId, Created = clock.Now, Body = said, AfterId = after, IsForged = isForged,
            };
            all[notification.Id] = notification;
            return notification;
        }
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

    /// <summary>Takes up what real time or the sandbox clock has made due.</summary>
    public void ReleaseDue()
    {
        while (soon.TryPeek(out var next, out var at) && at <= clock.RealNow)
        {
            soon.Dequeue();
            if (active.Contains(next))
            {
                ready.Writer.TryWrite(next);
            }
        }

        while (slow.Count > 0 && slow.Min is var next && next.Due <= clock.Now)
        {
            slow.Remove(next);
            Start(all[next.Id]);
        }
    }

    /// <summary>Records an attempt, and when the next one is due.</summary>
    public void Attempted(Notification notification, string answer)
    {
        if (!active.Contains(notification))
        {
            // Forgotten while it was on its way.
            return;
        }

        notification.Attempts.Add(new DeliveryAttempt(clock.RealNow, answer));
        notification.Tries++;
        if (answer == "204")
        {
            notification.Acknowledge();
            Finish(notification);
        }
        else if (notification.IsForged)
        {
            GiveUp(notification);
        }
        else if (RetryGaps.QuickAfter(notification.Tries) is { } gap)
        {
            soon.Enqueue(notification, clock.RealNow + gap);
            Remember(notification);
        }
        else if (clock.Now + RetryGaps.SlowAfter(notification.Tries) is var due
            && due > notification.Created + RetryGaps.Patience)
        {
            GiveUp(notification);
        }
        else
        {
            active.Remove(notification);
            Wait(notification, due);
        }

        if (followers.Remove(notification.Id, out var follower))
        {
            Start(follower);
        }
    }

    private Notification Start(Notification notification)
    {
        notification.State = NotificationState.Waiting;
        notification.Due = null;
        active.Add(notification);
        Remember(notification);
        ready.Writer.TryWrite(notification);
        return notification;
    }

    private Notification Follow(Notification notification)
    {
        followers[notification.AfterId] = notification;
        Remember(notification);
        return notification;
    }

    private void Wait(Notification notification, DateTimeOffset due)
    {
        notification.Due = due;
        slow.Add((due, notification.Id));
        Remember(notification);
    }

    private void GiveUp(Notification notification)
    {
        notification.State = NotificationState.GivenUp;
        Finish(notification);
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

using Billing.Sandbox.Clock;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Console;

/// <summary>The rows that one page shows, taken under the lock and written to the reader after it.</summary>
internal sealed record ConsoleSnapshot(
    DateTimeOffset Now, TimeSpan Offset, IReadOnlyList<ScenarioRule> Rules, Slice<Preapproval> Preapprovals,
    Slice<Payment> Payments, Slice<SentNotification> Notifications);

/// <summary>A piece of a table.</summary>
/// <param name="Total">Rows in all, whatever is searched for.</param>
/// <param name="Next">The id before which the next piece begins; null when this is the last.</param>
internal sealed record Slice<T>(IReadOnlyList<T> Rows, int Total, int? Next);

/// <summary>A notification and its attempts as they were at one moment.</summary>
internal sealed record SentNotification(
    int Id, string Kind, int ObjectId, string? MerchantId, int StatusId, DateTimeOffset Created,
    NotificationState State, DateTimeOffset? Due, IReadOnlyList<DeliveryAttempt> Attempts, byte[] Body);

/// <summary>Takes snapshots.</summary>
internal sealed class ConsoleReader(
    Store store, Notifications notifications, Scenarios scenarios, SandboxClock clock, SandboxSettings settings,
    Lock gate)
{
    public ConsoleSnapshot Read(ConsoleView view)
    {
        lock (gate)
        {
            return new ConsoleSnapshot(
                clock.Now,
                clock.Offset,
                [.. scenarios.All],
                Cut(
                    view, ConsoleSection.Preapprovals, settings.Sites.Keys.Select(store.PreapprovalsOf), p => p.Id,
                    p => view.Finds(p.Id, p.MerchantPreapprovalId, p.Customer?.Email), store.PreapprovalCount, p => p),
                Cut(
                    view, ConsoleSection.Payments, settings.Sites.Keys.Select(store.PaymentsOf), p => p.Id,
                    p => view.Finds(p.Id, p.MerchantTransactionId, p.Customer?.Email)
                        || view.Finds(p.PreapprovalId ?? 0, null, null),
                    store.PaymentCount, p => p),
                Cut(
                    view, ConsoleSection.Notifications, [notifications.All.Reverse()], n => n.Id,
                    n => view.Finds(n.Id, n.MerchantId, null) || view.Finds(n.ObjectId, null, null),
                    notifications.All.Count(), Copy));
        }
    }

    // Of each site as many as are shown, so that the newest of all are among them, however many there are.
    private static Slice<TShown> Cut<T, TShown>(
        ConsoleView view, ConsoleSection section, IEnumerable<IEnumerable<T>> newestFirst, Func<T, int> id,
        Func<T, bool> isWanted, int total, Func<T, TShown> copy)
    {
        if (!view.Shows(section))
        {
            return new Slice<TShown>([], total, null);
        }

        var before = view.Section == section ? view.Before ?? int.MaxValue : int.MaxValue;
        T[] found = [.. newestFirst
            .SelectMany(rows => rows.Where(r => id(r) < before && isWanted(r)).Take(view.Rows + 1))
            .OrderByDescending(id)
            .Take(view.Rows + 1)];
        return new Slice<TShown>(
            [.. found.Take(view.Rows).Select(copy)], total, found.Length > view.Rows ? id(found[view.Rows - 1]) : null);
    }

    private static SentNotification Copy(Notification n) =>
        new(n.Id, n.Kind, n.ObjectId, n.MerchantId, n.StatusId, n.Created, n.State, n.Due, [.. n.Attempts], n.Body);
}

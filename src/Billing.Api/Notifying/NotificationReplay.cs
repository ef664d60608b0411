using Billing.Api.Notifications;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Notifying;

/// <summary>Reads notifications of the log once more, by the same path as the first time: what they tell is recorded once, however often.</summary>
public sealed class NotificationReplay(NotificationViews views, MessageBus bus)
{
    private const int Page = 200;

    /// <returns>False when it is not there, or its body is gone.</returns>
    public async Task<bool> RunAsync(string tenant, Guid id, string by, CancellationToken ct)
    {
        if (await views.FindAsync(tenant, id, ct) is not { HasBody: true })
        {
            return false;
        }

        await bus.EnqueueAsync([NotificationLog.Apply(tenant, id)], null, new Metadata(UserName: by), ct);

        return true;
    }

    /// <returns>How many were handed on.</returns>
    public async Task<int> RunAsync(string tenant, NotificationFilter filter, string by, CancellationToken ct)
    {
        var (count, after) = (0, ((DateTimeOffset, Guid)?)null);

        while (await views.ListAsync(tenant, filter, after, Page, ct) is { Notifications: { Count: > 0 } page })
        {
            List<Outgoing> messages = [.. page.Where(one => one.HasBody).Select(one => NotificationLog.Apply(tenant, one.Id))];
            await bus.EnqueueAsync(messages, null, new Metadata(UserName: by), ct);
            (count, after) = (count + messages.Count, (page[^1].ReceivedAt, page[^1].Id));
        }

        return count;
    }
}

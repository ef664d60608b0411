using Marten;

namespace Billing.Api.Notifications;

/// <summary>Has notifications applied again, as the first time, or sets them aside.</summary>
/// <remarks>
/// What they say is recorded once. It marks them as due: <see cref="NotificationUpkeep"/> of a node with Jobs__Enabled
/// applies them.
/// </remarks>
public sealed class NotificationReplay(IDocumentStore store, NotificationViews views, TimeProvider realTime)
{
    private const int Page = 200;

    /// <returns>False when there is no such notification, or its body is gone.</returns>
    public async Task<bool> RunAsync(string site, Guid id, CancellationToken ct) =>
        await MarkAsync(site, [id], ct) == 1;

    /// <returns>How many will be applied.</returns>
    public async Task<int> RunAsync(string site, NotificationFilter filter, CancellationToken ct)
    {
        var (count, after) = (0, ((DateTimeOffset, Guid)?)null);

        while (await views.ListAsync(site, filter, after, Page, ct) is { Notifications: { Count: > 0 } page })
        {
            count += await MarkAsync(site, [.. page.Where(one => one.HasBody).Select(one => one.Id)], ct);
            after = (page[^1].ReceivedAt, page[^1].Id);
        }

        return count;
    }

    /// <summary>A person has looked at one that waits: it is set aside, and can still be replayed.</summary>
    /// <returns>False when none of this id waits for a person.</returns>
    public async Task<bool> DismissAsync(string site, Guid id, string by, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);

        if (await session.LoadAsync<Notification>(id, ct) is not { Waiting: not null } one)
        {
            return false;
        }

        session.UpdateRevision(one.Dismiss(by), one.Version + 1);
        await session.SaveChangesAsync(ct);

        return true;
    }

    private async Task<int> MarkAsync(string site, Guid[] ids, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var due = (await session.LoadManyAsync<Notification>(ct, ids)).Where(one => one.Body is not null).ToArray();

        foreach (var one in due)
        {
            session.TryUpdateRevision(one with { AskAgainAt = realTime.GetUtcNow() }, one.Version + 1);
        }

        await session.SaveChangesAsync(ct);

        return due.Length;
    }
}

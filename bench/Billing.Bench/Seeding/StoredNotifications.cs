using System.Text.Json;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Notifications;
using Marten;

namespace Billing.Bench.Seeding;

/// <summary>The notifications that the measured service stored.</summary>
internal sealed class StoredNotifications(BillingHost host)
{
    private const int PageSize = 5_000;

    /// <summary>Whether none waits to be applied.</summary>
    public async Task<bool> AreAppliedAsync() => await WaitingAsync() == 0;

    /// <summary>How many wait to be applied.</summary>
    public async Task<int> WaitingAsync()
    {
        await using var session = host.Store.QuerySession(BenchSite.Id);

        return await session.Query<Notification>().CountAsync(one => one.Status == Notification.Received);
    }

    public async Task<(int All, int Matched)> CountAsync()
    {
        await using var session = host.Store.QuerySession(BenchSite.Id);

        return (
            await session.Query<Notification>().CountAsync(),
            await session.Query<Notification>().CountAsync(one => one.Status == Notification.Matched));
    }

    /// <summary>Opens all of them and reads one of their headers.</summary>
    /// <returns>How many there are, and how many different values of the header.</returns>
    public async Task<(int All, int Different)> HeadersAsync(string header)
    {
        var bodies = host.Get<NotificationBodies>();
        var (all, values, after) = (0, new HashSet<string>(StringComparer.Ordinal), Guid.Empty);
        await using var session = host.Store.QuerySession(BenchSite.Id);

        while (await PageAsync(session, after) is [.., var last] page)
        {
            var streams = page.Select(one => one.PreapprovalId).OfType<Guid>().Distinct().ToList();
            var ciphers = await host.Get<PersonalData>().CiphersAsync(session, streams, default);
            (all, after) = (all + page.Count, last.Id);

            foreach (var one in page)
            {
                var content = bodies.Open(BenchSite.Id, one, one.PreapprovalId is { } stream ? ciphers[stream] : null);
                using var headers = JsonDocument.Parse(content!.Headers);
                values.Add(headers.RootElement.GetProperty(header).GetString()!);
            }
        }

        return (all, values.Count);
    }

    private static Task<IReadOnlyList<Notification>> PageAsync(IQuerySession session, Guid after) =>
        session.Query<Notification>()
            .Where(one => one.Id.CompareTo(after) > 0).OrderBy(one => one.Id).Take(PageSize).ToListAsync();
}

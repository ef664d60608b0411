using System.Buffers.Binary;
using System.Globalization;
using Billing.Api.Hosting;
using Marten;
using Marten.Linq.MatchesSql;

namespace Billing.Api.Notifications;

/// <summary>Reads the notification log of one site.</summary>
public sealed class NotificationViews(IDocumentStore store)
{
    public async Task<NotificationView?> FindAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.LoadAsync<Notification>(id, ct) is { } found ? NotificationView.Of(found) : null;
    }

    /// <summary>Newest first: ids are in the order of arrival.</summary>
    /// <param name="after">The last one of the page before: its arrival and id.</param>
    public async Task<NotificationPage> ListAsync(
        string site, NotificationFilter filter, (DateTimeOffset At, Guid Id)? after, int limit, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var rows = await Filtered(session.Query<Notification>(), filter, after)
            .OrderByDescending(one => one.Id).Take(limit + 1).ToListAsync(ct);
        var page = rows.Take(limit).Select(NotificationView.Of).ToList();

        return new NotificationPage(page, rows.Count > limit ? Cursor.Write(page[^1].ReceivedAt, page[^1].Id) : null);
    }

    /// <summary>The latest time that the gateway stated in a notification of each payment.</summary>
    /// <returns>Fourteen digits by MerchantTransactionID; without the payments that have none.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> LatestTimesAsync(
        IQuerySession session, IReadOnlyCollection<string> merchantTransactionIds, CancellationToken ct)
    {
        var ids = merchantTransactionIds.ToArray();
        var times = ids.Length == 0 ? [] : await session.Query<Notification>()
            .Where(one => one.Reference!.IsOneOf(ids) && one.Kind == PaymentNotifications.Kind)
            .Where(one => one.Status == Notification.Matched)
            .Select(one => new NotifiedTime(one.Reference, one.NotifiedAt)).ToListAsync(ct);

        return times.Where(one => one.NotifiedAt is not null).GroupBy(one => one.Reference!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Max(one => one.NotifiedAt)!, StringComparer.Ordinal);
    }

    private static IQueryable<Notification> Filtered(
        IQueryable<Notification> query, NotificationFilter filter, (DateTimeOffset At, Guid Id)? after)
    {
        if (filter.Status is { } status)
        {
            query = NotificationFilter.Outcomes.Contains(status)
                ? query.Where(one => one.Status == Notification.Matched && one.Outcome == status)
                : query.Where(one => one.Status == status);
        }

        if (filter.Kind is { } kind)
        {
            query = query.Where(one => one.Kind == kind);
        }

        if (filter.Reference is { } reference)
        {
            query = long.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? query.Where(one => one.Reference == reference || one.GatewayId == number)
                : query.Where(one => one.Reference == reference);
        }

        if (filter.Since is { } since)
        {
            query = query.Where(one => one.ReceivedAt >= since.ToUniversalTime())
                .Where(one => one.MatchesSql("d.id >= ?", FirstIdOf(since)));
        }

        return after is var (_, id) ? query.Where(one => one.MatchesSql("d.id < ?", id)) : query;
    }

    // The least UUIDv7 of that millisecond, so that the primary key ends the search.
    private static Guid FirstIdOf(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);

        return new Guid(bytes, bigEndian: true);
    }

    private sealed record NotifiedTime(string? Reference, string? NotifiedAt);
}

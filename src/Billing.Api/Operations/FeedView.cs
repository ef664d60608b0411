using System.Globalization;
using System.Text.Json;
using Billing.Api.Explanations;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain;

namespace Billing.Api.Operations;

/// <summary>
/// One event in the order of the feed; sealed values are left out, as in GET /v1/subscriptions/{id}/events.
/// </summary>
/// <param name="Position">
/// That of the transparency log. Rises from event to event, and within one subscription in the order of its versions.
/// Events of all sites share the numbers: those of one site have gaps.
/// </param>
/// <param name="HappenedAt">Business time, as the event itself says.</param>
/// <param name="RecordedAt">Real clock of the node that recorded it.</param>
public sealed record FeedEventView(
    long Position, Guid SubscriptionId, long Version, Guid Id, string Type, DateTimeOffset HappenedAt,
    DateTimeOffset RecordedAt,
    JsonElement Data, string? CorrelationId, string? CausationId, string? UserName)
{
    public static FeedEventView Of(long position, StoredRow row) => new(
        position, row.StreamId, row.Version, row.Id, row.Type, row.Event.HappenedAt, row.Timestamp,
        EventJson.Of(row.Event),
        row.CorrelationId, row.CausationId, row.UserName);
}

/// <summary>How far the caller is behind the feed, and the feed behind the events.</summary>
/// <param name="Positions">Not read yet after <c>next</c>, of all sites; 0: this was the last page for now.</param>
/// <param name="UnsequencedSeconds">
/// The age of the oldest event that is not in the feed yet; 0 when all are, null before the feed began.
/// </param>
/// <param name="StoppedAt">Since when the feed does not move although events wait; null while it moves.</param>
public sealed record FeedLagView(long Positions, double? UnsequencedSeconds, DateTimeOffset? StoppedAt);

/// <summary>GET /v1/feed: all events of the caller's own site, oldest first, for a merchant's own accounting.</summary>
/// <param name="Next">Send it as <c>after</c>; store it with the work on the events, in one transaction.</param>
public sealed record FeedView(IReadOnlyList<FeedEventView> Events, long Next, FeedLagView Lag)
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 500;

    public static async Task<IResult> Get(
        HttpContext http, FeedReader feed, CancellationToken ct, string? after = null, string? limit = null)
    {
        if (!long.TryParse(after ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            || position > long.MaxValue / 2)
        {
            throw new RuleViolation(
                "position_invalid", "'after' must be a whole number from 0: the 'next' of the page before.");
        }

        var most = PageQuery.Limit(limit, DefaultLimit, MostLimit);
        var page = await ReadAsync(feed, Storefront.SiteOf(http).Id, position, most, ct);

        return Results.Json(page, OperationsJsonContext.Default.FeedView);
    }

    private static async Task<FeedView> ReadAsync(
        FeedReader feed, string site, long after, int limit, CancellationToken ct)
    {
        try
        {
            var page = await feed.ReadAsync(site, after, limit, ct);

            return new(
                [.. page.Events.Select(one => FeedEventView.Of(one.Position, one.Row))], page.Next,
                new FeedLagView(page.Head - page.Next, page.WaitingSeconds, page.StoppedAt));
        }
        catch (ArgumentOutOfRangeException e) when (e.ActualValue is long head)
        {
            throw new RuleViolation(
                "position_unknown",
                $"The feed ends at {head}: {after} was not given by it. If the database was restored, compare before "
                + "you read on.");
        }
    }
}

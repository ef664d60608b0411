using System.Globalization;
using System.Text.Json;
using Billing.Api.Sites;
using Billing.Api.Subscriptions;
using Billing.Domain;
using Billing.EventStore;

namespace Billing.Api.Audit;

/// <summary>One event in the order of the feed; as in GET /v1/subscriptions/{id}/events, what is sealed is left out.</summary>
/// <param name="Position">Rises from event to event, and of one subscription in the order of its versions. It counts the events of all sites: a site's own have gaps.</param>
/// <param name="HappenedAt">Business time, as the event itself says.</param>
/// <param name="RecordedAt">Database clock.</param>
public sealed record FeedEventView(
    long Position, Guid SubscriptionId, long Version, Guid Id, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, JsonElement Data,
    string? CorrelationId, string? CausationId, string? UserName)
{
    public static FeedEventView Of(FeedEntry entry)
    {
        var it = EventView.Of(entry.Event.Read());

        return new(entry.Position, entry.Event.Stream.Id, it.Version, it.Id, it.Type, it.HappenedAt, it.RecordedAt, it.Data, it.CorrelationId, it.CausationId, it.UserName);
    }
}

/// <summary>How far the caller is behind, and the feed itself behind the books.</summary>
/// <param name="Positions">Not looked at yet after <c>next</c>, of all sites; 0: this was the last page for now.</param>
/// <param name="UnsequencedSeconds">The age of the oldest event that has no position yet; 0 when all have one, null before the first was given.</param>
/// <param name="StoppedAt">Since when no positions are given because something is broken; null while all is well.</param>
public sealed record FeedLagView(long Positions, double? UnsequencedSeconds, DateTimeOffset? StoppedAt);

/// <summary>GET /v1/feed: all events of the caller's own site, oldest first, for whoever keeps books of their own.</summary>
/// <param name="Next">Send it as <c>after</c>, and remember it with what was done about the events, in one transaction.</param>
public sealed record FeedView(IReadOnlyList<FeedEventView> Events, long Next, FeedLagView Lag)
{
    private const int MostLimit = 500;

    public static Task<IResult> Get(HttpContext http, FeedReader feed, Npgsql.NpgsqlDataSource books, CancellationToken ct, string? after = null, string? limit = null) => Problems.GuardAsync(async () =>
    {
        if (!long.TryParse(after ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var position) || position > long.MaxValue / 2)
        {
            throw new RuleViolation("position_invalid", "'after' must be a whole number from 0: the 'next' of the page before.");
        }

        if (!int.TryParse(limit ?? "100", NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most is < 1 or > MostLimit)
        {
            throw new RuleViolation("limit_invalid", $"The limit must be a whole number from 1 to {MostLimit}.");
        }

        // How far the books are ahead first: what is in the page cannot be missing from it.
        var sequencer = (await LogLag.AskAsync(books, ct)).Projections.FirstOrDefault(one => one.Name == new Feed().Name);
        var page = await feed.ReadAfterAsync(Storefront.SiteOf(http).Id, position, most, ct);
        if (position > page.Head)
        {
            throw new RuleViolation("position_unknown", $"The feed ends at {page.Head}: {position} was not given by it. If the books were restored, compare before you read on.");
        }

        var lag = new FeedLagView(page.Head - page.Next, sequencer?.SecondsBehind, sequencer?.StoppedAt);

        return Results.Json(new FeedView([.. page.Entries.Select(FeedEventView.Of)], page.Next, lag), OurJson.Default.FeedView);
    });
}

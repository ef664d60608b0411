using System.Globalization;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Marten;

namespace Billing.Api.SubscriptionsApi;

/// <summary>One charge to come, or one that will not, with the reason.</summary>
/// <param name="DueAt">The first instant of that day in the schedule's zone; of a retry, its own instant.</param>
/// <param name="Attempt">1: the period itself; more: a retry.</param>
/// <param name="State">
/// charge, retry, skipped (by the merchant), paused (skipped on its day, unless resumed before; a retry waits),
/// after_pause (charged when the pause is over, at dueAt where its end is known), suspended (as paused), superseded or
/// missed (skipped by the catch-up rule), mandate_lapsed, over_cap or frequency_exceeded (more than the customer
/// approved, if those before are charged), waiting for <paramref name="BlockedBy"/>.
/// </param>
/// <param name="BlockedBy">merchantTransactionId of the charge in flight that it waits for.</param>
public sealed record UpcomingChargeView(
    DateOnly DueOn, DateTimeOffset DueAt, int Revision, int Attempt, long AmountMinor, string Currency, string State,
    string? BlockedBy);

/// <summary>GET /v1/subscriptions/{id}/upcoming: as things stand; the events decide when the day comes.</summary>
/// <param name="AssumesOpenedNow">The customer has not approved yet: the dates assume an approval now.</param>
/// <param name="ChangeUnderWay">A change of the schedule waits for the gateway and may move these dates.</param>
/// <param name="LastDueOn">The schedule's last due date; null while it has no end.</param>
/// <param name="End">
/// Why nothing follows: schedule_ended, no_schedule, closing, closed, refused, abandoned; null when more follows.
/// </param>
public sealed record UpcomingView(
    Guid SubscriptionId, string Status, bool IsPaused, bool AssumesOpenedNow, bool ChangeUnderWay,
    IReadOnlyList<UpcomingChargeView> Upcoming, DateOnly? LastDueOn, string? End, long Version);

public sealed class UpcomingCharges(IDocumentStore store, MethodProfiles profiles, BusinessClock clock)
{
    public const int DefaultCount = 12;
    private const int MostCount = 120;

    public async Task<IResult> Get(HttpContext http, Guid id, CancellationToken ct, string? count = null) =>
        int.TryParse(count ?? "12", NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            && most is >= 1 and <= MostCount
            ? Say(await OfAsync(Storefront.SiteOf(http), id, most, ct))
            : throw new RuleViolation("count_invalid", $"The count must be a whole number from 1 to {MostCount}.");

    /// <exception cref="NotFoundException">This site has no such subscription.</exception>
    public async Task<UpcomingView> OfAsync(Site site, Guid id, int count, CancellationToken ct)
    {
        await using var session = store.QuerySession(site.Id);
        var state = await session.LoadAsync<Preapproval>(id, ct) ?? throw new NotFoundException();
        var now = clock.GetUtcNow();
        var forecast = await ForecastAsync(session, site, state, count, now, ct);

        return new UpcomingView(
            id, state.Status.ToString().ToLowerInvariant(), state.PausedAt(now) is not null, forecast.AssumesOpenedNow,
            forecast.ChangeUnderWay, [.. forecast.Upcoming.Select(ViewOf)], forecast.LastDueOn, forecast.End,
            state.Version);
    }

    // The snapshot may not hold the first attempt of a retry, which says what it costs.
    private async Task<Forecast> ForecastAsync(
        IQuerySession session, Site site, Preapproval state, int count, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            return Forecast.Of(state, count, site.Calendar, now, profiles);
        }
        catch (NeedsFullHistoryException)
        {
            return Forecast.Of(
                (await PreapprovalStreams.FoldAsync(session, state.Id, ct))!, count, site.Calendar, now, profiles);
        }
    }

    public static IResult Say(UpcomingView view) => Results.Json(view, ApiJsonContext.Default.UpcomingView);

    private static UpcomingChargeView ViewOf(UpcomingCharge charge) => new(
        charge.Period.DueOn, charge.DueAt, charge.ScheduleRevision, charge.Attempt, charge.Amount.Minor,
        charge.Amount.Currency,
        charge.SkipReason ?? (charge.BlockedBy is not null ? "waiting"
            : charge.IsCollected ? "after_pause" : charge.Attempt > 1 ? "retry" : "charge"),
        charge.BlockedBy);
}

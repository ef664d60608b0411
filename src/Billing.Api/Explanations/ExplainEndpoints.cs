using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Domain;
using Billing.Domain.Explanations;
using Marten;

namespace Billing.Api.Explanations;

/// <summary>GET /v1/subscriptions/{id}/explain and /v1/payments/{id}/explain.</summary>
public sealed class ExplainEndpoints(EventHistory history, IDocumentStore store, BusinessClock clock)
{
    /// <param name="date">yyyy-MM-dd; omitted: today in the schedule's zone.</param>
    public async Task<IResult> OfDate(HttpContext http, Guid id, CancellationToken ct, string? date = null)
    {
        var (site, now) = (Storefront.SiteOf(http), clock.GetUtcNow());
        var events = await history.OfAsync(site.Id, id, ct);
        var schedule = TimelineEvent.Fold(events)!.Schedule;
        var day = date is not null ? Read(date) : schedule?.LocalDate(now) ?? DateOnly.FromDateTime(now.UtcDateTime);

        return Json(ExplanationView.Of(id, day, null, DateExplanation.Of(events, day, now), events));
    }

    /// <param name="id">The gateway's numeric id of the payment, or its MerchantTransactionID.</param>
    public async Task<IResult> OfPayment(HttpContext http, string id, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);

        if (await FindAsync(site.Id, id.Replace("\0", "", StringComparison.Ordinal), ct) is not { } payment)
        {
            return Problems.Say(StatusCodes.Status404NotFound, "not_found", "There is no such payment on this site.");
        }

        var events = await history.OfAsync(site.Id, payment.PreapprovalId, ct);
        var explained = PaymentExplanation.Of(events, payment.Id) ?? throw new NotFoundException();

        return Json(ExplanationView.Of(payment.PreapprovalId, null, payment.Id, explained, events));
    }

    private async Task<Payment?> FindAsync(string site, string id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var byGatewayId = int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? await session.Query<Payment>().FirstOrDefaultAsync(payment => payment.GatewayPaymentId == number, ct)
            : null;

        return byGatewayId ?? await session.LoadAsync<Payment>(id, ct);
    }

    private static DateOnly Read(string date) =>
        DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
            && read > DateOnly.MinValue
            ? read
            : throw new RuleViolation(
                "date_invalid", "The date must be one like 2026-01-31, or be left out for today.");

    private static IResult Json(ExplanationView view) =>
        Results.Json(view, ExplanationJsonContext.Default.ExplanationView);
}

using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain;

namespace Billing.Api.SubscriptionsApi;

/// <param name="DueOn">yyyy-MM-dd; omitted: the oldest unpaid period.</param>
public sealed record RetryRequest(string? DueOn);

/// <summary>POST /v1/subscriptions/{id}/retry; answers with what is upcoming then.</summary>
public sealed class RetryEndpoint(UpcomingCharges upcoming, RetriesNow retries)
{
    private const string Example = "{\"dueOn\":\"2026-01-31\"}";

    public async Task<IResult> Retry(HttpContext http, Guid id, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);
        var body = await CallParameters.BodyAsync(http.Request, Example, ct);
        var dueOn = body.Length == 0
            ? null
            : ScheduleEndpoints.DueOn(JsonBody.Read(body, ApiJsonContext.Default.RetryRequest, Invalid()).DueOn);
        await upcoming.OfAsync(site, id, 1, ct);
        await retries.RequestAsync(
            site.Id, id, dueOn, new EventSource($"storefront-{site.Id}"), IfMatch.Of(http.Request));

        var view = await upcoming.OfAsync(site, id, UpcomingCharges.DefaultCount, ct);
        IfMatch.ShowETag(http.Response, view.Version);

        return UpcomingCharges.Say(view);
    }

    private static RuleViolation Invalid() =>
        new("body_invalid", $"The body must be empty or a JSON object like {Example}.");
}

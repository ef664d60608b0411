using System.Globalization;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Schedules;
using Billing.Domain;

namespace Billing.Api.SubscriptionsApi;

/// <param name="DueOn">yyyy-MM-dd; omitted: the next due date.</param>
public sealed record SkipRequest(string? DueOn);

/// <summary>POST and DELETE /v1/subscriptions/{id}/skip; both answer with what is upcoming then.</summary>
public sealed class SkipEndpoints(UpcomingCharges upcoming, SiteCommands commands)
{
    private const int MostBytes = 64 * 1024;
    private const string Example = "{\"dueOn\":\"2026-01-31\"}";

    public async Task<IResult> Skip(HttpContext http, Guid id, CancellationToken ct)
    {
        var dueOn = Read(await CallParameters.BodyAsync(http.Request, Example, ct));

        return await InvokeAsync(http, id, new SkipPeriod(id, dueOn, IfMatch.Of(http.Request)), ct);
    }

    public async Task<IResult> Reinstate(HttpContext http, Guid id, CancellationToken ct, string? dueOn = null)
    {
        KnownKeys.Check(http.Request.Query.Keys, ["dueOn"], "the query");

        if (await RequestBody.ReadAsync(http.Request, MostBytes, ct) is not { Length: 0 })
        {
            throw new RuleViolation(
                "body_invalid",
                "Taking a skip back has no body: send the date in the query, as ?dueOn=2026-01-31.");
        }

        var date = Date(dueOn);

        return await InvokeAsync(http, id, new ReinstatePeriod(id, date, IfMatch.Of(http.Request)), ct);
    }

    private async Task<IResult> InvokeAsync(HttpContext http, Guid id, object command, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);
        await upcoming.OfAsync(site, id, 1, ct);
        await commands.InvokeAsync(site.Id, command);

        var view = await upcoming.OfAsync(site, id, UpcomingCharges.DefaultCount, ct);
        IfMatch.ShowETag(http.Response, view.Version);

        return UpcomingCharges.Say(view);
    }

    private static DateOnly? Read(byte[] body) =>
        body.Length == 0 ? null : Date(JsonBody.Read(body, ApiJsonContext.Default.SkipRequest, Invalid()).DueOn);

    internal static DateOnly? Date(string? text) => text is null ? null
        : DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw new RuleViolation(
            "due_on_invalid", "dueOn must be a date like 2026-01-31, or be left out.");

    private static RuleViolation Invalid() =>
        new("body_invalid", $"The body must be empty or a JSON object like {Example}.");
}

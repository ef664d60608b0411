using System.Globalization;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain;
using Billing.Domain.Scheduling;

namespace Billing.Api.PriceChanges;

/// <summary>/v1/price-changes: a new price for many subscriptions, tried first and run then.</summary>
public sealed class PriceChangeEndpoints(PriceChangeCommands changes)
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 200;
    private const string Example =
        "{\"currency\":\"BRL\",\"fromAmountMinor\":990,\"toAmountMinor\":1090,\"effectiveOn\":\"2027-01-01\"}";

    public async Task<IResult> Create(HttpContext http, CancellationToken ct)
    {
        var body = await CallParameters.BodyAsync(http.Request, Example, ct);
        var asked = JsonBody.Read(
            body, PriceChangeJsonContext.Default.PriceChangeRequest,
            new RuleViolation("body_invalid", $"The body must be a JSON object like {Example}."));
        var site = Storefront.SiteOf(http);
        var change = await changes.CreateAsync(
            site.Id, TermsOf(asked), asked.MethodId, RequestedBefore(asked.RequestedBefore), $"storefront-{site.Id}",
            ct);
        http.Response.Headers.Location = $"/v1/price-changes/{change.Id}";

        return Say(change, StatusCodes.Status202Accepted);
    }

    public async Task<IResult> List(HttpContext http, string? after, string? limit, CancellationToken ct)
    {
        KnownKeys.Check(http.Request.Query.Keys, ["after", "limit"], "the query");
        var most = PageQuery.Limit(limit, DefaultLimit, MostLimit);
        var found = await changes.ListAsync(
            Storefront.SiteOf(http).Id, PageQuery.AfterRow(after)?.Id, most + 1, ct);
        var next = found.Count > most ? Cursor.Write(found[most - 1].CreatedAt, found[most - 1].Id) : null;

        return Results.Json(
            new PriceChangePage([.. found.Take(most).Select(PriceChangeView.Of)], next),
            PriceChangeJsonContext.Default.PriceChangePage);
    }

    public async Task<IResult> Get(HttpContext http, Guid id, CancellationToken ct) =>
        Say(await changes.FindAsync(Storefront.SiteOf(http).Id, id, ct));

    public async Task<IResult> Refused(HttpContext http, Guid id, string? after, string? limit, CancellationToken ct)
    {
        KnownKeys.Check(http.Request.Query.Keys, ["after", "limit"], "the query");
        var (site, most) = (Storefront.SiteOf(http).Id, PageQuery.Limit(limit, DefaultLimit, MostLimit));
        var change = await changes.FindAsync(site, id, ct);
        var found = await changes.RefusedAsync(site, id, PageQuery.AfterRow(after)?.Id, most + 1, ct);
        var next = found.Count > most ? Cursor.Write(change.CreatedAt, found[most - 1].SubscriptionId) : null;

        return Results.Json(
            new RefusedSubscriptionPage(
                [.. found.Take(most)
                    .Select(one => new RefusedSubscriptionView(one.SubscriptionId, one.Code, one.Reason))],
                next),
            PriceChangeJsonContext.Default.RefusedSubscriptionPage);
    }

    public async Task<IResult> Run(HttpContext http, Guid id, CancellationToken ct)
    {
        await CallParameters.NoneAsync(http.Request, ct);

        return Say(
            await changes.RunAsync(Storefront.SiteOf(http).Id, id, ct), StatusCodes.Status202Accepted);
    }

    public async Task<IResult> Cancel(HttpContext http, Guid id, CancellationToken ct)
    {
        await CallParameters.NoneAsync(http.Request, ct);

        return Say(
            await changes.CancelAsync(Storefront.SiteOf(http).Id, id, ct), StatusCodes.Status202Accepted);
    }

    private static IResult Say(PriceChange change, int status = StatusCodes.Status200OK) => Results.Json(
        PriceChangeView.Of(change), PriceChangeJsonContext.Default.PriceChangeView, statusCode: status);

    private static PriceTerms TermsOf(PriceChangeRequest asked) => new(
        asked.Currency ?? "", asked.FromAmountMinor, asked.Every,
        asked.Unit is null ? null : ScheduleWords.ParseUnit(asked.Unit), asked.ToAmountMinor, asked.Percent,
        DateOnly.TryParseExact(
            asked.EffectiveOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new RuleViolation(
                "date_invalid", "effectiveOn must be a date like 2027-01-01: the first day with the new price."));

    private static DateTimeOffset? RequestedBefore(string? text) => text is null ? null
        : Rfc3339.TryParse(text, out var at) ? at
        : throw new RuleViolation("time_invalid", "requestedBefore must be a time like 2026-01-31T00:00:00Z.");
}

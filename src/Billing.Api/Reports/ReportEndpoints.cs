using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Reports;

/// <summary>/v1/reports: the caller's own site, as JSON, CSV or NDJSON.</summary>
public sealed class ReportEndpoints(ReportReader reader, BusinessClock clock)
{
    private static readonly string[] OfRange = ["from", "to", "format"];
    private static readonly string[] OfNow = ["format"];

    public Task<IResult> PaymentsByDay(
        HttpContext http, CancellationToken ct, string? from = null, string? to = null, string? format = null) =>
        SayAsync(http, ReportQueries.Payments, OfRange, from, to, format, ct);

    public Task<IResult> RecurringRevenue(
        HttpContext http, CancellationToken ct, string? from = null, string? to = null, string? format = null) =>
        SayAsync(http, ReportQueries.Revenue, OfRange, from, to, format, ct);

    public Task<IResult> Arrears(HttpContext http, CancellationToken ct, string? format = null) =>
        SayAsync(http, ReportQueries.Arrears, OfNow, null, null, format, ct);

    private async Task<IResult> SayAsync(
        HttpContext http, string report, string[] keys, string? from, string? to, string? format,
        CancellationToken ct)
    {
        KnownKeys.Check(http.Request.Query.Keys, keys, "the query");
        http.Response.Headers.Vary = "Accept";

        if (ReportFormat.Choose(format, http.Request.Headers.Accept) is not { } chosen)
        {
            return Problems.Say(
                StatusCodes.Status406NotAcceptable, "not_acceptable",
                "A report is application/json, text/csv or application/x-ndjson.");
        }

        try
        {
            var it = await reader.WriteAsync(
                report, Storefront.SiteOf(http).Id, from, to, chosen, clock.GetUtcNow(), ct);

            return Results.Text(it.Text, it.ContentType);
        }
        catch (ReportsIncompleteException incomplete)
        {
            http.Response.Headers.RetryAfter = "5";

            return Problems.Say(
                StatusCodes.Status503ServiceUnavailable, "reports_incomplete", incomplete.Message);
        }
    }
}

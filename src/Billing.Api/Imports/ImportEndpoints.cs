using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Billing.Api.Imports;

/// <summary>/v1/imports: subscriptions that another system has charged so far.</summary>
public sealed class ImportEndpoints(ImportReceiver receiver, ImportLog log)
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1_000;

    /// <summary>Stores the file. The work begins at once, on a node with jobs.</summary>
    public async Task<IResult> Create(HttpContext http, CancellationToken ct, string? dryRun = null)
    {
        KnownKeys.Check(http.Request.Query.Keys, ["dryRun"], "the query");
        var site = Storefront.SiteOf(http).Id;

        if (IsCsv(http.Request.ContentType) is not { } isCsv)
        {
            return Problems.Say(
                StatusCodes.Status415UnsupportedMediaType, "content_type_unsupported",
                "Send the rows with Content-Type: application/x-ndjson or text/csv.");
        }

        // A file is longer than other bodies; its own limits are checked as it is read.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var id = await receiver.ReceiveAsync(
            site, http.Request.BodyReader, isCsv, IsDryRun(dryRun), $"storefront-{site}", ct);
        http.Response.Headers.Location = $"/v1/imports/{id}";

        return await ShowAsync(site, id, StatusCodes.Status202Accepted, ct);
    }

    // Declared as accepted, another type would be refused by the routing, before the caller is known.
    internal static Task DescribeFile(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/x-ndjson"] = new(), ["text/csv"] = new(),
            },
        };

        return Task.CompletedTask;
    }

    public async Task<IResult> Get(HttpContext http, Guid id, CancellationToken ct) =>
        await ShowAsync(Storefront.SiteOf(http).Id, id, StatusCodes.Status200OK, ct);

    public async Task<IResult> Rows(
        HttpContext http, Guid id, CancellationToken ct, string? state = null, string? after = null,
        string? limit = null)
    {
        KnownKeys.Check(http.Request.Query.Keys, ["state", "after", "limit"], "the query");
        var (last, most) = (PageQuery.AfterNumber(after) ?? 0, PageQuery.Limit(limit, DefaultLimit, MostLimit));

        if (state is not null && !RowStates.All.Contains(state))
        {
            throw new RuleViolation("state_invalid", $"The state must be one of {string.Join(", ", RowStates.All)}.");
        }

        return await log.FindAsync(Storefront.SiteOf(http).Id, id, ct) is null
            ? NotFound()
            : Results.Json(
                await log.RowsAsync(id, state, last, most, ct), ImportJsonContext.Default.ImportRowPage);
    }

    /// <summary>Imports what a dry run has found nothing against.</summary>
    public async Task<IResult> Run(HttpContext http, Guid id, CancellationToken ct)
    {
        await CheckNoneAsync(http, ct);
        var site = Storefront.SiteOf(http).Id;

        return await log.RunAsync(site, id, ct)
            ? await ShowAsync(site, id, StatusCodes.Status202Accepted, ct)
            : NotFound();
    }

    /// <summary>Stops what is not imported yet.</summary>
    public async Task<IResult> Cancel(HttpContext http, Guid id, CancellationToken ct)
    {
        await CheckNoneAsync(http, ct);
        var site = Storefront.SiteOf(http).Id;

        return await log.CancelAsync(site, id, ct)
            ? await ShowAsync(site, id, StatusCodes.Status200OK, ct)
            : NotFound();
    }

    private async Task<IResult> ShowAsync(string site, Guid id, int status, CancellationToken ct) =>
        await log.FindAsync(site, id, ct) is { } view
            ? Results.Json(view, ImportJsonContext.Default.ImportView, statusCode: status)
            : NotFound();

    private static IResult NotFound() => Problems.Say(
        StatusCodes.Status404NotFound, "not_found", "There is no such import on this site.");

    private static bool? IsCsv(string? contentType) =>
        !MediaTypeHeaderValue.TryParse(contentType, out var type) ? null
        : type.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase) ? false
        : type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase) ? true
        : null;

    private static bool IsDryRun(string? text) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new RuleViolation("dry_run_invalid", "dryRun must be true or false."),
    };

    private static async Task CheckNoneAsync(HttpContext http, CancellationToken ct)
    {
        const string TakesNone = "this call takes no parameters.";
        KnownKeys.CheckNone(http.Request.Query.Keys, "the query", TakesNone);

        if (await RequestBody.ReadAsync(http.Request, 2, ct) is not { Length: 0 })
        {
            throw new RuleViolation("body_invalid", "The body must be empty: " + TakesNone);
        }
    }
}

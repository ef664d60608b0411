using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Operations;

/// <summary>GET /v1/dead-letters and POST /v1/dead-letters/{id}/replay, of the caller's own site.</summary>
public static class DeadLetterEndpoints
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 200;

    public static void MapDeadLetters(this WebApplication app)
    {
        var group = app.MapGroup("/v1/dead-letters").RequireStorefront().WithTags("Operations");
        group.MapGet("/", ListAsync).WithSummary("Messages that failed for good, newest first; never their bodies")
            .Produces<DeadLetterPage>(200).Produces(401).Produces(422);
        group.MapPost("/{id:guid}/replay", ReplayAsync).WithSummary("Have one handled once more")
            .Produces(202).Produces(401).Produces(404);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, DeadLetters letters, string? after, string? limit, CancellationToken ct)
    {
        var (cursor, most) = (PageQuery.AfterRow(after), PageQuery.Limit(limit, DefaultLimit, MostLimit));
        var found = await letters.ListAsync(Storefront.SiteOf(http).Id, cursor, ct).Take(most + 1)
            .ToListAsync(ct);
        var isMore = found.Count > most;
        var next = isMore ? Cursor.Write(found[most - 1].FailedAt, found[most - 1].Id) : null;
        var page = new DeadLetterPage([.. found.Take(most)], isMore, next);

        return Results.Json(page, OperationsJsonContext.Default.DeadLetterPage);
    }

    private static async Task<IResult> ReplayAsync(HttpContext http, Guid id, DeadLetters letters) =>
        await letters.ReplayAsync(Storefront.SiteOf(http).Id, id)
            ? Results.Accepted()
            : Problems.Say(
                StatusCodes.Status404NotFound, "not_found", "There is no dead letter with that id on this site.");
}

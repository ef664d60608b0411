using System.Globalization;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain;

namespace Billing.Api.Operations;

/// <summary>GET /v1/dead-letters and POST /v1/dead-letters/{id}/replay, of the caller's own site.</summary>
public static class DeadLetterEndpoints
{
    private const int MostLimit = 200;

    public static void MapDeadLetters(this WebApplication app)
    {
        var group = app.MapGroup("/v1/dead-letters").RequireStorefront(Problems.Denied).WithTags("Operations");
        group.MapGet("/", ListAsync).WithSummary("Messages that failed for good; never their bodies")
            .Produces<DeadLetterPage>(200).Produces(401).Produces(422);
        group.MapPost("/{id:guid}/replay", ReplayAsync).WithSummary("Have one handled once more")
            .Produces(202).Produces(401).Produces(404);
    }

    private static Task<IResult> ListAsync(
        HttpContext http, DeadLetters letters, CancellationToken ct, string? limit = null) =>
        Problems.GuardAsync(async () =>
        {
            if (!int.TryParse(limit ?? "50", NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                || most is < 1 or > MostLimit)
            {
                throw new RuleViolation("limit_invalid", $"The limit must be a whole number from 1 to {MostLimit}.");
            }

            var found = await letters.ListAsync(Storefront.SiteOf(http).Id, ct).Take(most + 1).ToListAsync(ct);

            var page = new DeadLetterPage([.. found.Take(most)], found.Count > most);

            return Results.Json(page, OperationsJsonContext.Default.DeadLetterPage);
        });

    private static Task<IResult> ReplayAsync(HttpContext http, Guid id, DeadLetters letters) =>
        Problems.GuardAsync(async () =>
        await letters.ReplayAsync(Storefront.SiteOf(http).Id, id)
            ? Results.Accepted()
            : Problems.Say(
                StatusCodes.Status404NotFound, "not_found", "There is no dead letter with that id on this site."));
}

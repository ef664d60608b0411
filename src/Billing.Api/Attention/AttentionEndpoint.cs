using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain;

namespace Billing.Api.Attention;

/// <summary>GET /v1/attention: what of the caller's own site waits for a person.</summary>
public sealed class AttentionEndpoint(AttentionList list)
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 200;

    public async Task<IResult> List(
        HttpContext http, CancellationToken ct, string? kind = null, string? after = null, string? limit = null)
    {
        var (site, most) = (Storefront.SiteOf(http).Id, PageQuery.Limit(limit, DefaultLimit, MostLimit));
        var found = await list.OfSiteAsync(site, kind, Position(site, after), most + 1, ct);
        var next = found.Count > most ? Cursor(found[most - 1]) : null;

        return Results.Json(
            new AttentionPage([.. found.Take(most)], next), AttentionJsonContext.Default.AttentionPage);
    }

    private static string Cursor(AttentionItem last) => Hosting.Cursor.Write(last.Since, $"{last.Kind}/{last.Key}");

    private AttentionPosition? Position(string site, string? after) => PageQuery.AfterNamed(after) switch
    {
        null => null,
        (var at, var id) when id.Split('/', 2) is [var kind, var key] && list.IsShownToSites(kind) =>
            new AttentionPosition(at, kind, site, key),
        _ => throw PageQuery.InvalidCursor(),
    };
}

using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain;

namespace Billing.Api.Notifications;

/// <summary>GET /v1/notifications: what the gateway sent for a site, and what was done with it.</summary>
public sealed class NotificationEndpoints(NotificationViews views)
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 200;
    private const int LongestWord = 200;

    public async Task<IResult> List(
        HttpContext http, CancellationToken ct, string? status = null, string? kind = null, string? reference = null,
        string? since = null, string? after = null, string? limit = null)
    {
        var (cursor, most) = (PageQuery.AfterRow(after), PageQuery.Limit(limit, DefaultLimit, MostLimit));
        var filter = Filter(status, kind, reference, since);
        var page = await views.ListAsync(Storefront.SiteOf(http).Id, filter, cursor, most, ct);

        return Results.Json(page, NotificationJsonContext.Default.NotificationPage);
    }

    public async Task<IResult> Get(HttpContext http, Guid id, CancellationToken ct) =>
        await views.FindAsync(Storefront.SiteOf(http).Id, id, ct) is { } found
            ? Results.Json(found, NotificationJsonContext.Default.NotificationView)
            : Problems.Say(StatusCodes.Status404NotFound, "not_found", "There is no such notification of this site.");

    /// <exception cref="RuleViolation">status_invalid, kind_invalid, reference_invalid, since_invalid.</exception>
    public static NotificationFilter Filter(string? status, string? kind, string? reference, string? since)
    {
        if (status is not null && !NotificationFilter.Statuses.Contains(status))
        {
            throw new RuleViolation(
                "status_invalid", $"The status must be one of {string.Join(", ", NotificationFilter.Statuses)}.");
        }

        DateTimeOffset? from = null;

        if (since is not null)
        {
            from = Rfc3339.TryParse(since, out var read)
                ? read
                : throw new RuleViolation(
                    "since_invalid",
                    "'since' must be a time with its offset, like 2026-01-31T09:00:00Z or 2026-01-31T09:00:00%2B01:00: "
                    + "a bare + means a space in an address.");
        }

        return new NotificationFilter(status, Word("kind", kind), Word("reference", reference), from);
    }

    private static string? Word(string name, string? text) =>
        text is null || (text.Length <= LongestWord && !text.Contains('\0', StringComparison.Ordinal))
            ? text
            : throw new RuleViolation($"{name}_invalid", $"'{name}' has at most {LongestWord} characters.");
}

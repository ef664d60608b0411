using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Mandates;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.SubscriptionsApi;

/// <summary>POST /v1/subscriptions/search. The address is in the body, because URLs end up in logs.</summary>
/// <param name="After">The next of the page before; omitted: the first page.</param>
/// <param name="Limit">How many on a page, 1 to 200; omitted: 200.</param>
public sealed record FindByEmail(string? Email, string? After = null, int? Limit = null)
{
    private const int Most = 200;
    private const int MostBytes = 64 * 1024;

    public static async Task<IResult> Handle(
        HttpContext http, CustomerIndex index, SubscriptionViews views, IDocumentStore store, CancellationToken ct)
    {
        var tenant = Storefront.SiteOf(http).Id;
        var asked = Read(
            await RequestBody.ReadAsync(http.Request, MostBytes, ct) ?? throw new PayloadTooLargeException());

        if (!index.IsOn)
        {
            throw new RuleViolation(
                "index_off",
                "The search by e-mail is off: Sealing__IndexKey is not set. It finds "
                + "what was subscribed after the key was set.");
        }

        var limit = PageQuery.Limit(asked.Limit is { } given ? $"{given}" : null, Most, Most);
        var found = new List<SubscriptionView>();
        await using var session = store.QuerySession(tenant);
        var ids = await index.FindAsync(session, asked.Email!, PageQuery.AfterRow(asked.After)?.Id, limit + 1, ct);

        foreach (var id in ids.Take(limit))
        {
            if (await views.FindReadableAsync(tenant, id, ct) is { } view)
            {
                found.Add(view);
            }
        }

        var next = ids.Count > limit ? Cursor.Write(DateTimeOffset.UnixEpoch, ids[limit - 1]) : null;

        return Results.Json(new SubscriptionPage(found, next), ApiJsonContext.Default.SubscriptionPage);
    }

    private static FindByEmail Read(byte[] body) =>
        JsonBody.Read(body, ApiJsonContext.Default.FindByEmail, Invalid()) is var asked
            && asked.Email?.Trim() is { Length: > 0 and <= Customer.LongestEmail } email
            ? asked with { Email = email }
            : throw Invalid();

    private static RuleViolation Invalid() => new(
        "email_invalid",
        $"The body must be {{\"email\": \"…\"}} with 1 to {Customer.LongestEmail} characters, and may have a limit, "
        + "which is a number, and after, which is a text.");
}

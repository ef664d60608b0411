using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Mandates;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.SubscriptionsApi;

/// <summary>POST /v1/subscriptions/search: the support desk has an e-mail address. In a body, because addresses in a URL end in logs.</summary>
public sealed record FindByEmail(string? Email)
{
    private const int Most = 200;
    private const int MostBytes = 64 * 1024;

    public static Task<IResult> Handle(HttpContext http, CustomerIndex index, SubscriptionViews views, IDocumentStore store, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var tenant = Storefront.SiteOf(http).Id;
        var email = Read(await RequestBody.ReadAsync(http.Request, MostBytes, ct) ?? throw new PayloadTooLargeException());

        if (!index.IsOn)
        {
            throw new RuleViolation("index_off", "The search by e-mail is off: Sealing__IndexKey is not set. It finds what was subscribed after the key was set.");
        }

        var found = new List<SubscriptionView>();
        await using var session = store.QuerySession(tenant);

        foreach (var id in await index.FindAsync(session, email, Most, ct))
        {
            if (await views.FindAsync(tenant, id, ct) is { } view)
            {
                found.Add(view);
            }
        }

        return Results.Json(new SubscriptionPage(found, null), ApiJsonContext.Default.SubscriptionPage);
    });

    private static string Read(byte[] body) =>
        JsonBody.Read(body, ApiJsonContext.Default.FindByEmail, Invalid()).Email?.Trim() is
            { Length: > 0 and <= Customer.LongestEmail } email ? email : throw Invalid();

    private static RuleViolation Invalid() => new(
        "email_invalid",
        $"The body must be {{\"email\": \"…\"}} with 1 to {Customer.LongestEmail} characters.");
}

using System.Text.Json;
using Billing.Api.GlobalPay;
using Billing.Api.Sites;
using Billing.Api.Subscribing;
using Billing.Domain;
using Billing.Gateway.Wire;
using Npgsql;

namespace Billing.Api.Subscriptions;

/// <summary>POST /v1/subscriptions/search: the support desk has an e-mail address. In a body, because addresses in a URL end in logs.</summary>
public sealed record FindByEmail(string? Email)
{
    private const int Most = 200;

    public static Task<IResult> Handle(HttpContext http, CustomerIndex index, SubscriptionViews views, NpgsqlDataSource books, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var tenant = Storefront.SiteOf(http).Id;
        var email = Read(await RequestBody.ReadAsync(http.Request, GlobalPayCall.MostBytes, ct) ?? throw new TooLarge());

        if (!index.IsOn)
        {
            throw new RuleViolation("index_off", "Nobody can be found by e-mail: Sealing__IndexKey is not set. What is subscribed after it was set can be found.");
        }

        var found = new List<SubscriptionView>();

        foreach (var id in await index.FindAsync(books, tenant, email, Most, ct))
        {
            if (await views.FindAsync(tenant, id, ct) is { } view)
            {
                found.Add(view);
            }
        }

        return Results.Json(new SubscriptionPage(found, null), OurJson.Default.SubscriptionPage);
    });

    private static string Read(byte[] body)
    {
        try
        {
            var asked = JsonText.Fault(body) is null ? JsonSerializer.Deserialize(body, OurJson.Default.FindByEmail) : null;

            return asked?.Email is { Length: > 0 and <= 200 } email ? email : throw Invalid();
        }
        catch (JsonException)
        {
            throw Invalid();
        }
    }

    private static RuleViolation Invalid() => new("email_invalid", "The body must be {\"email\": \"…\"} with 1 to 200 characters.");
}

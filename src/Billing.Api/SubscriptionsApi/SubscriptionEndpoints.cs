using Billing.Api.Charges;
using Billing.Api.Explanations;
using Billing.Api.GlobalPayApi;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Gateway.Translation;

namespace Billing.Api.SubscriptionsApi;

/// <summary>/v1/subscriptions, by web conventions: camelCase, RFC 3339, integer minor units, problem+json.</summary>
public sealed class SubscriptionEndpoints(
    SubscriptionViews views, PaymentHistory history, EventHistory events, StreamRequests requests, ChargeCalls charges,
    WireMoney wireMoney, MethodProfiles profiles)
{
    private const string ChargeExample = "{\"merchantTransactionId\":\"order-1\",\"amountMinor\":500}";
    private const int DefaultLimit = 50;
    private const int MostLimit = 200;

    /// <summary>Of what one subscription has: most have fewer rows, and show them on one page.</summary>
    private const int DefaultLimitOfOne = 200;
    private const int MostLimitOfOne = 1_000;
    private static readonly string[] Statuses =
        ["requested", "pending", "open", "closing", "closed", "refused", "abandoned"];

    public async Task<IResult> List(
        HttpContext http, CancellationToken ct, string? status = null, string? merchantPreapprovalId = null,
        string? after = null, string? limit = null)
    {
        var (cursor, most) = (PageQuery.AfterRow(after), PageQuery.Limit(limit, DefaultLimit, MostLimit));

        if (status is not null && !Statuses.Contains(status))
        {
            throw new RuleViolation("status_invalid", $"The status must be one of {string.Join(", ", Statuses)}.");
        }

        PreapprovalStatus? wanted = status is null ? null : Enum.Parse<PreapprovalStatus>(status, ignoreCase: true);

        return Results.Json(
            await views.ListAsync(
                Storefront.SiteOf(http).Id, wanted,
                merchantPreapprovalId?.Replace("\0", "", StringComparison.Ordinal), cursor, most, ct),
            ApiJsonContext.Default.SubscriptionPage);
    }

    public async Task<IResult> Get(HttpContext http, Guid id, CancellationToken ct) =>
        Say(http, await FindAsync(http, id, ct));

    public async Task<IResult> Payments(
        HttpContext http, Guid id, string? after, string? limit,
        CancellationToken ct)
    {
        var it = await FindAsync(http, id, ct);
        var (last, most) = (PageQuery.AfterNamed(after), PageQuery.Limit(limit, DefaultLimitOfOne, MostLimitOfOne));
        var rows = await history.OfPreapprovalAsync(Storefront.SiteOf(http).Id, it.Id, last, most + 1, ct);
        var next = rows.Count > most ? Cursor.Write(rows[most - 1].Key.At, rows[most - 1].Key.Id) : null;
        var page = rows.Take(most).Readable().Select(PaymentView.Of).ToList();

        return Results.Json(new PaymentViews(page, next), ApiJsonContext.Default.PaymentViews);
    }

    public async Task<IResult> Events(
        HttpContext http, Guid id, string? after, string? limit,
        CancellationToken ct)
    {
        var it = await FindAsync(http, id, ct);
        var last = PageQuery.AfterNumber(after) ?? 0;
        var most = PageQuery.Limit(limit, DefaultLimitOfOne, MostLimitOfOne);
        var page = await events.ViewsAsync(Storefront.SiteOf(http).Id, it.Id, last, most, ct);

        return Results.Json(page, ExplanationJsonContext.Default.EventViews);
    }

    /// <summary>Charges now. A repeated merchantTransactionId is charged once and gets the same answer.</summary>
    public async Task<IResult> Charge(HttpContext http, Guid id, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);
        var it = await FindAsync(http, id, ct);
        var body = await CallParameters.BodyAsync(http.Request, ChargeExample, ct);
        var asked = ChargeNowRequest.Read(body);
        var money = asked.Price(it.Schedule);
        wireMoney.ChargeToWire(money);

        var name = asked.MerchantTransactionId!;
        var started = await EarlierAsync(site.Id, id, asked, ct)
            ?? await requests.StartAsync(
                site.Id, id, null, [], name,
                (state, now, window) => PreapprovalDecider.ChargeNow(
                    state!, name, money, asked.Description, null, null, now, window, profiles),
                (window, _) => StreamRequests.WithoutOutcome(charges.SendAsync(site.Id, id, name, window)), ct,
                ifMatch: IfMatch.Of(http.Request))
            ?? await EarlierAsync(site.Id, id, asked, ct)
            ?? throw Taken("This merchantTransactionId is in use. Choose a new one for a new charge.");
        var settled = await requests.SettledAsync(
            site.Id, started, state => state.Charges.GetValueOrDefault(name) is { State: not MoneyState.Requested }
                or { IsNotSent: true }, ct);
        var payment = await history.FindAsync(site.Id, name, ct) ?? throw new NotFoundException();

        return Results.Json(
            PaymentView.Of(payment), ApiJsonContext.Default.PaymentView,
            statusCode: settled is null ? StatusCodes.Status202Accepted : StatusCodes.Status201Created);
    }

    // A repeat is answered by what became of the first.
    private async Task<Started?> EarlierAsync(
        string site, Guid id, ChargeNowRequest asked, CancellationToken ct)
    {
        var merchantTransactionId = asked.MerchantTransactionId!;

        if (await history.FindAsync(site, merchantTransactionId, ct) is not { } other)
        {
            return null;
        }

        if (other.PreapprovalId != id)
        {
            throw Taken("Another subscription has a charge with this merchantTransactionId. Choose a new one.");
        }

        var first = (await requests.OpenedAsync(site, id, ct)).Charges[merchantTransactionId];

        return Difference(first, asked) is { } field
            ? throw Taken(
                $"This merchantTransactionId was used with another {field}. Choose a new one for a new charge.")
            : new Started(id, 0, merchantTransactionId);
    }

    // What the repeat leaves out is not compared: the schedule may have another price by now. Nor is the description of
    // a person who was forgotten.
    private static string? Difference(Charge first, ChargeNowRequest asked) =>
        asked.Currency is { } currency && first.Amount.Currency != currency ? "currency"
        : asked.AmountMinor is { } amount && first.Amount.Minor != amount ? "amountMinor"
        : first.Description is { Value: null } || first.Description?.Value == asked.Description ? null
        : "description";

    private static RuleViolation Taken(string sentence) => new("merchant_transaction_id_taken", sentence);

    /// <exception cref="NotFoundException">This site has no such subscription.</exception>
    internal async Task<SubscriptionView> FindAsync(HttpContext http, Guid id, CancellationToken ct) =>
        await views.FindAsync(Storefront.SiteOf(http).Id, id, ct) ?? throw new NotFoundException();

    private static IResult Say(HttpContext http, SubscriptionView view)
    {
        IfMatch.ShowETag(http.Response, view.Version);

        return Results.Json(view, ApiJsonContext.Default.SubscriptionView);
    }
}

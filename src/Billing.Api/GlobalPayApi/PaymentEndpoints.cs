using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Notifications;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Gateway.Requests;
using Billing.Gateway.Translation;
using Marten;

namespace Billing.Api.GlobalPayApi;

/// <summary>/v1/payments and the payments of a preapproval (docs/globalpay.md sections 7 and 9).</summary>
public sealed class PaymentEndpoints(
    IDocumentStore store, StreamDirectory directory, StreamRequests requests, ChargeCalls charges,
    PaymentHistory history, WireMoney money, MethodProfiles profiles)
{
    public Task<IResult> Charge(HttpContext http, CancellationToken ct) => GlobalPayCall.PaymentAsync(http, async () =>
    {
        var site = Storefront.SiteOf(http);
        var requestId = GlobalPayCall.RequestId(http);
        var body = await GlobalPayCall.BodyAsync(http, ct);
        var fingerprint = GlobalPayCall.Fingerprint(http, body);
        var asked = RecurrentRequestReader.Read(body, money);

        var preapproval = await directory.ByGatewayIdAsync(site.Id, asked.PreapprovalId, ct)
            ?? throw new RuleViolation("12", "Preapproval is invalid: there is no such preapproval.");
        Task<Started?> FindAsync() =>
            requests.FindAsync(site.Id, requestId, fingerprint, () => JoinAsync(site.Id, preapproval, asked, ct), ct);

        var started = await FindAsync()
            ?? await requests.StartAsync(
                site.Id, preapproval, requestId, fingerprint, asked.MerchantTransactionId,
                (state, now, window) => Decide(state!, asked, now, window),
                (window, _) => StreamRequests.WithoutOutcome(
                    charges.SendAsync(site.Id, preapproval, asked.MerchantTransactionId, window)), ct,
                ifMatch: IfMatch.Of(http.Request))
            ?? await FindAsync()
            ?? throw Duplicate();

        // An unknown outcome answers the caller and is not final: a repeat gets what is known by then.
        var state = await requests.SettledAsync(
                site.Id, started,
                it => it.Charges.GetValueOrDefault(asked.MerchantTransactionId) is { IsUnsettled: false },
                ct,
                suffices: it => it.Charges.GetValueOrDefault(asked.MerchantTransactionId)
                    is { State: MoneyState.Unknown } or { IsNotSent: true })
            ?? await requests.OpenedAsync(site.Id, started.PreapprovalId, ct);
        var charge = state.Charges[asked.MerchantTransactionId];

        // Refused before it became a payment: there is nothing to show but why.
        return charge is { State: MoneyState.Failed, Gateway.PaymentId: null }
            ? throw new RuleViolation(
                charge.FailureCode ?? "15", charge.FailureText?.Value ?? "The gateway refused the payment.")
            : PaymentAnswers.Say(site.Id, state, charge, money, StatusCodes.Status201Created);
    });

    public Task<IResult> Get(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.PaymentAsync(http, async () =>
        {
            var site = Storefront.SiteOf(http);
            var payment =
                GlobalPayQuery.Id(id) is { } number && await history.FindAsync(site.Id, number, ct) is { } found
                    ? found
                    : throw new NotFoundException();
            var state = await requests.OpenedAsync(site.Id, payment.PreapprovalId, ct);

            var charge = WithTime(state.Charges[payment.Id], await TimesAsync(site.Id, [payment], ct));

            return PaymentAnswers.Say(site.Id, state, charge, money, StatusCodes.Status200OK);
        });

    public Task<IResult> List(HttpContext http, CancellationToken ct) => GlobalPayCall.PaymentAsync(http, async () =>
    {
        var site = Storefront.SiteOf(http).Id;

        return await ListAsync(site, PaymentQuery.Read(http.Request.Query, null, 50), ct);
    });

    public Task<IResult> OfPreapproval(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.PaymentAsync(http, async () =>
        {
            var site = Storefront.SiteOf(http).Id;
            var preapproval = GlobalPayQuery.Id(id) is { } number
                && await directory.ByGatewayIdAsync(site, number, ct) is { } found
                ? found
                : throw new NotFoundException();

            return await ListAsync(site, PaymentQuery.Read(http.Request.Query, preapproval, 10), ct);
        });

    private async Task<IResult> ListAsync(string site, PaymentFilter filter, CancellationToken ct)
    {
        var page = await history.ListAsync(site, filter, ct);
        var times = await TimesAsync(site, page.Rows, ct);

        foreach (var payment in page.Rows)
        {
            payment.Charge = WithTime(payment.Charge, times);
        }

        return PaymentAnswers.Say(site, page, money);
    }

    // Notifications that say nothing new make no event, yet the time of the last one is shown.
    private async Task<IReadOnlyDictionary<string, string>> TimesAsync(
        string site, IReadOnlyList<Payment> payments, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await NotificationViews.LatestTimesAsync(session, [.. payments.Select(payment => payment.Id)], ct);
    }

    private static Charge WithTime(Charge charge, IReadOnlyDictionary<string, string> times) =>
        charge.Gateway is { } gateway && times.GetValueOrDefault(charge.Id.MerchantTransactionId) is { } last
            && string.CompareOrdinal(last, gateway.NotifiedAt) > 0
            ? charge with { Gateway = gateway with { NotifiedAt = last } }
            : charge;

    private PreapprovalEvent[] Decide(
        Preapproval state, RecurrentRequest asked, DateTimeOffset now, DateTimeOffset window) =>
        asked.MethodId is { } method && method != state.Terms.MethodId
            ? throw new RuleViolation("5", "Method is invalid: the preapproval was made with another one.")
            : PreapprovalDecider.ChargeNow(
                state, asked.MerchantTransactionId, asked.Amount, asked.Description, asked.ExecutionDate, asked.SiteId,
                now, window, profiles);

    // A known MerchantTransactionID: an equal request joins the running one, any other is a duplicate (code 20, never
    // 409).
    private async Task<Started?> JoinAsync(string site, Guid preapproval, RecurrentRequest asked, CancellationToken ct)
    {
        if (await directory.ByMerchantTransactionIdAsync(site, asked.MerchantTransactionId, ct) is not { } owner)
        {
            return null;
        }

        if (owner != preapproval)
        {
            throw Duplicate("PreapprovalID");
        }

        var state = await requests.OpenedAsync(site, preapproval, ct);
        var first = state.Charges[asked.MerchantTransactionId];

        return Difference(state, first, asked) is null && first.IsUnsettled
            ? new Started(preapproval, 0, asked.MerchantTransactionId)
            : throw Duplicate(Difference(state, first, asked));
    }

    private static string? Difference(Preapproval state, Charge first, RecurrentRequest asked) =>
        first.Amount.Currency != asked.Amount.Currency ? "Currency"
        : first.Amount != asked.Amount ? "Amount"
        : first.Description is not { Value: null } && first.Description?.Value != asked.Description ? "Description"
        : first.ExecutionDate != asked.ExecutionDate ? "ExecutionDate"
        : asked.MethodId is { } method && method != state.Terms.MethodId ? "MethodID"
        : null;

    private static RuleViolation Duplicate(string? difference = null) => new(
        "20",
        difference is null
            ? "MerchantTransactionID is duplicated."
            : $"MerchantTransactionID is duplicated: it was used with another {difference} before.");
}

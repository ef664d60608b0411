using Billing.Api.Charging;
using Billing.Api.Payments;
using Billing.Api.Sites;
using Billing.Api.Subscriptions;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.EventStore;
using Billing.Gateway.Requests;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Api.GlobalPay;

/// <summary>/v1/payments and the payments of a preapproval as GlobalPay spells them (GLOBALPAY.md sections 7 and 9).</summary>
public sealed class PaymentEndpoints(StreamDirectory streams, StreamRequests requests, EventStore.EventStore store, PaymentHistory history, WireMoney money, MethodProfiles profiles)
{
    public Task<IResult> Charge(HttpContext http, CancellationToken ct) => GlobalPayCall.PaymentAsync(http, async () =>
    {
        var site = Storefront.SiteOf(http);
        var requestId = GlobalPayCall.RequestId(http);
        var body = await GlobalPayCall.BodyAsync(http, ct);
        var fingerprint = GlobalPayCall.Fingerprint(http, body);
        var asked = RecurrentRequestReader.Read(body, money);

        var key = await streams.ByGatewayIdAsync(site.Id, asked.PreapprovalId, ct) ?? throw new RuleViolation("12", "Preapproval is invalid: there is no such preapproval.");
        Task<Started?> FindAsync() => requests.FindAsync(site.Id, requestId, fingerprint, () => JoinAsync(key, asked, ct), ct);

        var started = await FindAsync()
            ?? await requests.StartAsync(key, requestId, fingerprint, asked.MerchantTransactionId, (state, now) => Decide(site, state!, asked, profiles, now), ct)
            ?? await FindAsync()
            ?? throw Duplicate();

        // Unknown answers whoever waits, and is no last word: a repeat meets what became of it.
        var state = await requests.SettledAsync(
                started,
                it => it.Charges.GetValueOrDefault(asked.MerchantTransactionId) is { IsUnsettled: false },
                ct,
                suffices: it => it.Charges.GetValueOrDefault(asked.MerchantTransactionId) is { State: MoneyState.Unknown })
            ?? (Preapproval)(await store.AggregateAsync(started.Key, unseal: true, ct: ct))!.State;
        var charge = state.Charges[asked.MerchantTransactionId];

        // Refused before it became a payment: there is nothing to show but why.
        return charge is { State: MoneyState.Failed, Gateway.PaymentId: null }
            ? throw new RuleViolation(charge.FailureCode ?? "15", charge.FailureText ?? "The gateway refused the payment.")
            : PaymentAnswers.Say(site.Id, state, charge, money, StatusCodes.Status201Created);
    });

    public Task<IResult> Get(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.PaymentAsync(http, async () =>
    {
        var site = Storefront.SiteOf(http);

        if (GlobalPayQuery.Id(id) is not { } number
            || await history.FindAsync(site.Id, number, ct) is not { } row
            || (await store.AggregateAsync(new StreamKey(site.Id, row.PreapprovalId), unseal: true, ct: ct))?.State is not Preapproval state)
        {
            throw new NotThere();
        }

        // The view knows of notifications that told nothing new; the stream does not.
        var charge = state.Charges[row.MerchantTransactionId];
        var shown = charge with { Gateway = charge.Gateway is { } told ? told with { NotifiedAt = row.Gateway.NotifiedAt } : row.Gateway };

        return PaymentAnswers.Say(site.Id, state, shown, money, StatusCodes.Status200OK);
    });

    public Task<IResult> List(HttpContext http, CancellationToken ct) => GlobalPayCall.PaymentAsync(http, async () =>
        PaymentAnswers.Say(await history.ListAsync(Storefront.SiteOf(http).Id, PaymentFilter.Read(http.Request.Query, null, 50), ct), money));

    public Task<IResult> OfPreapproval(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.PaymentAsync(http, async () =>
    {
        var site = Storefront.SiteOf(http);
        var key = GlobalPayQuery.Id(id) is { } number && await streams.ByGatewayIdAsync(site.Id, number, ct) is { } found ? found : throw new NotThere();

        return PaymentAnswers.Say(await history.ListAsync(site.Id, PaymentFilter.Read(http.Request.Query, key.Id, 10), ct), money);
    });

    private static (Messaging.Events, Messaging.OutgoingMessages)? Decide(Site site, Preapproval state, RecurrentRequest asked, MethodProfiles profiles, DateTimeOffset now)
    {
        if (asked.MethodId is { } method && method != state.Terms.MethodId)
        {
            throw new RuleViolation("5", "Method is invalid: the preapproval was made with another one.");
        }

        var events = PreapprovalDecider.ChargeNow(state, asked.MerchantTransactionId, asked.Amount, asked.Description, asked.ExecutionDate, asked.SiteId, now, profiles);

        return events.Length == 0 ? null : ([.. events], Submissions.For(site.Id, state, events));
    }

    // A known MerchantTransactionID: the same request joins the one under way, anything else is a duplicate (code 20, never 409).
    private async Task<Started?> JoinAsync(StreamKey key, RecurrentRequest asked, CancellationToken ct)
    {
        if (await streams.ByMerchantTransactionIdAsync(key.Tenant, asked.MerchantTransactionId, ct) is not { } owner)
        {
            return null;
        }

        var state = owner == key ? (await store.AggregateAsync(key, unseal: true, ct: ct))?.State as Preapproval : null;

        return state?.Charges.GetValueOrDefault(asked.MerchantTransactionId) is { IsUnsettled: true } running && running.Amount == asked.Amount && running.Description == asked.Description
            ? new Started(key, 0, asked.MerchantTransactionId)
            : throw Duplicate();
    }

    private static RuleViolation Duplicate() => new("20", "MerchantTransactionID is duplicated.");
}

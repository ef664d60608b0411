using Billing.Api.Payments;
using Billing.Api.Refunding;
using Billing.Api.Refunds;
using Billing.Api.Sites;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Gateway.Requests;
using Billing.Gateway.Translation;

namespace Billing.Api.GlobalPay;

/// <summary>/v1/payments/{id}/refunds as GlobalPay spells it (GLOBALPAY.md section 10): of charges on demand and of scheduled ones alike.</summary>
public sealed class RefundEndpoints(RefundHistory refunds, StreamRequests requests, EventStore.EventStore store, PaymentHistory history, IPaymentGateway gateway, WireMoney money)
{
    public Task<IResult> Create(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.RefundAsync(http, id, async () =>
    {
        var site = Storefront.SiteOf(http);
        var requestId = GlobalPayCall.RequestId(http);
        var body = await GlobalPayCall.BodyAsync(http, ct);
        var fingerprint = GlobalPayCall.Fingerprint(http, body);
        var payment = await PaymentAsync(site, id, ct);
        var key = new StreamKey(site.Id, payment.PreapprovalId);
        var asked = RefundRequestReader.Read(body, payment.Amount.Currency, money);
        Task<Started?> FindAsync() => requests.FindAsync(site.Id, requestId, fingerprint, () => JoinAsync(key, payment.MerchantTransactionId, asked, ct), ct);

        var started = await FindAsync()
            ?? await requests.StartAsync(key, requestId, fingerprint, asked.MerchantTransactionId, (state, now) => Decide(site, state!, payment.MerchantTransactionId, asked, now), ct)
            ?? await FindAsync()
            ?? throw Duplicate();

        // Unknown answers whoever waits, and is no last word: a repeat meets what became of it.
        var state = await requests.SettledAsync(
                started, it => Of(it, asked) is { State: not (RefundState.Requested or RefundState.Unknown) }, ct, suffices: it => Of(it, asked) is { State: RefundState.Unknown })
            ?? (Preapproval)(await store.AggregateAsync(started.Key, unseal: true, ct: ct))!.State;
        var refund = Of(state, asked)!;

        return refund is { State: RefundState.Failed, RefundId: null }
            ? throw new RuleViolation(refund.FailureCode ?? "18", refund.FailureText ?? "The gateway refused the refund.")
            : RefundAnswers.Say(site.Id, payment.Gateway.PaymentId!.Value, refund, money, StatusCodes.Status201Created);
    });

    public Task<IResult> List(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.RefundAsync(http, id, async () =>
    {
        var (site, payment, charge) = await ReadAsync(http, id, ct);

        return RefundAnswers.Say(site.Id, payment, charge.Refunds.Values, money);
    });

    public Task<IResult> Get(HttpContext http, string id, string refundId, CancellationToken ct) => GlobalPayCall.RefundAsync(http, id, async () =>
    {
        var (site, payment, charge) = await ReadAsync(http, id, ct);
        var refund = charge.Refunds.Values.FirstOrDefault(one => one.RefundId is { } known && known == GlobalPayQuery.Id(refundId)) ?? throw new NotThere();

        return RefundAnswers.Say(site.Id, payment, refund, money, StatusCodes.Status200OK);
    });

    public Task<IResult> Types(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.RefundAsync(http, id, async () =>
    {
        var site = Storefront.SiteOf(http);
        var payment = await PaymentAsync(site, id, ct);

        return RefundAnswers.Say(await gateway.ReadRefundTypesAsync(site.Id, payment.Gateway.PaymentId!.Value, ct) ?? throw new NotAnswered());
    });

    private static Refund? Of(Preapproval state, RefundRequest asked) =>
        state.RefundReferences.TryGetValue(asked.MerchantTransactionId, out var charge) ? state.Charges[charge].Refunds[asked.MerchantTransactionId] : null;

    private static (Messaging.Events, Messaging.OutgoingMessages)? Decide(Site site, Preapproval state, string merchantTransactionId, RefundRequest asked, DateTimeOffset now)
    {
        var wish = new RefundWish(
            asked.MerchantTransactionId, asked.Amount, PreapprovalDecider.ByStorefront, asked.Description, asked.Personal, asked.PersonalParts, asked.SiteId);
        var events = PreapprovalDecider.RequestRefund(state, merchantTransactionId, wish, now);

        return events.Length == 0 ? null : ([.. events], RefundSubmissions.For(site.Id, events.Aggregate(state, Preapproval.Evolve), events));
    }

    // A known MerchantTransactionID: the same wish joins the one under way, anything else is a duplicate (code 20, never 409).
    private async Task<Started?> JoinAsync(StreamKey key, string merchantTransactionId, RefundRequest asked, CancellationToken ct)
    {
        if (await refunds.ByReferenceAsync(key.Tenant, asked.MerchantTransactionId, ct) is not { } owner)
        {
            return null;
        }

        var state = owner == key ? (await store.AggregateAsync(key, unseal: true, ct: ct))?.State as Preapproval : null;

        return state?.Charges[merchantTransactionId].Refunds.GetValueOrDefault(asked.MerchantTransactionId) is { IsUnsettled: true } running && running.Amount == asked.Amount && running.Description == asked.Description
            ? new Started(key, 0, asked.MerchantTransactionId)
            : throw Duplicate();
    }

    private async Task<PaymentRow> PaymentAsync(Site site, string id, CancellationToken ct) =>
        GlobalPayQuery.Id(id) is { } number && await history.FindAsync(site.Id, number, ct) is { } row ? row : throw new NotThere();

    private async Task<(Site Site, int PaymentId, Charge Charge)> ReadAsync(HttpContext http, string id, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);
        var row = await PaymentAsync(site, id, ct);
        var state = (Preapproval)(await store.AggregateAsync(new StreamKey(site.Id, row.PreapprovalId), unseal: true, ct: ct))!.State;

        return (site, row.Gateway.PaymentId!.Value, state.Charges[row.MerchantTransactionId]);
    }

    private static RuleViolation Duplicate() => new("20", "MerchantTransactionID is duplicated.");
}

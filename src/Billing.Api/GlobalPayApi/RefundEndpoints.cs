using Billing.Api.Charges;
using Billing.Api.Refunds;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Requests;
using Billing.Gateway.Translation;

namespace Billing.Api.GlobalPayApi;

/// <summary>/v1/payments/{id}/refunds (docs/globalpay.md section 10), of all charges, scheduled or not.</summary>
public sealed class RefundEndpoints(
    StreamDirectory directory, StreamRequests requests, RefundCalls refunds, PaymentHistory history,
    IPaymentGateway gateway, WireMoney money)
{
    public Task<IResult> Create(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.RefundAsync(http, id, async () =>
        {
            var site = Storefront.SiteOf(http);
            var requestId = GlobalPayCall.RequestId(http);
            var body = await GlobalPayCall.BodyAsync(http, ct);
            var fingerprint = GlobalPayCall.Fingerprint(http, body);
            var payment = await PaymentAsync(site, id, ct);
            var asked = RefundRequestReader.Read(body, payment.Charge.Paid.Currency, money);
            Task<Started?> FindAsync() =>
                requests.FindAsync(site.Id, requestId, fingerprint, () => JoinAsync(site.Id, payment, asked, ct), ct);

            var started = await FindAsync()
                ?? await requests.StartAsync(
                    site.Id, payment.PreapprovalId, requestId, fingerprint, asked.MerchantTransactionId,
                    (it, now, window) => Decide(it!, payment.Id, asked, now, window),
                    (window, _) => StreamRequests.WithoutOutcome(
                        refunds.SendAsync(site.Id, payment.PreapprovalId, asked.MerchantTransactionId, window)), ct,
                    ifMatch: IfMatch.Of(http.Request))
                ?? await FindAsync()
                ?? throw Duplicate();

            // An unknown outcome answers the caller and is not final: a repeat gets what is known by then.
            var state = await requests.SettledAsync(
                    site.Id, started,
                    it => Of(it, asked) is { State: not (RefundState.Requested or RefundState.Unknown) }, ct,
                    suffices: it => Of(it, asked) is { State: RefundState.Unknown }
                        or { Call.State: OutboundState.NotSent })
                ?? await requests.OpenedAsync(site.Id, started.PreapprovalId, ct);
            var refund = Of(state, asked)!;

            return refund is { State: RefundState.Failed, RefundId: null }
                ? throw new RuleViolation(
                    refund.FailureCode ?? "18", refund.FailureText?.Value ?? "The gateway refused the refund.")
                : RefundAnswers.Say(
                    site.Id, payment.GatewayPaymentId!.Value, refund, money, StatusCodes.Status201Created);
        });

    public Task<IResult> List(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.RefundAsync(http, id, async () =>
        {
            var (site, payment, charge) = await ReadAsync(http, id, ct);

            return RefundAnswers.Say(site.Id, payment, charge.Refunds.Values, money);
        });

    public Task<IResult> Get(HttpContext http, string id, string refundId, CancellationToken ct) =>
        GlobalPayCall.RefundAsync(http, id, async () =>
        {
            var (site, payment, charge) = await ReadAsync(http, id, ct);
            var refund = charge.Refunds.Values.FirstOrDefault(one => one.RefundId is { } known
                && known == GlobalPayQuery.Id(refundId)) ?? throw new NotFoundException();

            return RefundAnswers.Say(site.Id, payment, refund, money, StatusCodes.Status200OK);
        });

    public Task<IResult> Types(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.RefundAsync(http, id, async () =>
        {
            var site = Storefront.SiteOf(http);
            var payment = await PaymentAsync(site, id, ct);

            return RefundAnswers.Say(await gateway.ReadRefundTypesAsync(site.Id, payment.GatewayPaymentId!.Value, ct)
                ?? throw new GatewayTimeoutException());
        });

    private static Refund? Of(Preapproval state, RefundRequest asked) =>
        state.RefundReferences.TryGetValue(asked.MerchantTransactionId, out var charge)
            ? state.Charges[charge].Refunds[asked.MerchantTransactionId]
            : null;

    private static PreapprovalEvent[] Decide(
        Preapproval state, string merchantTransactionId, RefundRequest asked, DateTimeOffset now,
        DateTimeOffset window) =>
        PreapprovalDecider.RequestRefund(
            state, merchantTransactionId,
            new RefundWish(
                asked.MerchantTransactionId, asked.Amount, PreapprovalDecider.ByStorefront, asked.Description,
                asked.Personal, asked.PersonalParts, asked.SiteId),
            now, window);

    // A known MerchantTransactionID: an equal request joins the running one, any other is a duplicate (code 20, never
    // 409).
    private async Task<Started?> JoinAsync(string site, Payment payment, RefundRequest asked, CancellationToken ct)
    {
        if (await directory.ByRefundReferenceAsync(site, asked.MerchantTransactionId, ct) is not { } owner)
        {
            return null;
        }

        var state = owner == payment.PreapprovalId ? await requests.OpenedAsync(site, owner, ct) : null;

        return state?.Charges[payment.Id].Refunds.GetValueOrDefault(asked.MerchantTransactionId)
            is { IsUnsettled: true } running
            && running.Amount == asked.Amount && running.Description?.Value == asked.Description
            && Equals(running.Personal?.Value, asked.Personal)
            ? new Started(owner, 0, asked.MerchantTransactionId)
            : throw Duplicate();
    }

    private async Task<Payment> PaymentAsync(Site site, string id, CancellationToken ct) =>
        GlobalPayQuery.Id(id) is { } number && await history.FindAsync(site.Id, number, ct) is { } payment
            ? payment
            : throw new NotFoundException();

    private async Task<(Site Site, int PaymentId, Charge Charge)> ReadAsync(
        HttpContext http, string id, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);
        var payment = await PaymentAsync(site, id, ct);
        var state = await requests.OpenedAsync(site.Id, payment.PreapprovalId, ct);

        return (site, payment.GatewayPaymentId!.Value, state.Charges[payment.Id]);
    }

    private static RuleViolation Duplicate() => new("20", "MerchantTransactionID is duplicated.");
}

using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Refunds;

/// <summary>Sends refunds under committed intents, looks them up, and records what the gateway says.</summary>
public sealed class RefundCalls(
    IDocumentStore store, IPaymentGateway gateway, PreapprovalStreams streams, PreapprovalDecisions decisions,
    OutboundSender sender, ResendDecisions resends, BusinessClock clock, TimeProvider realTime,
    LookUpPolicy lookUps) : IOutboundOperation
{
    private static readonly EventSource Gateway = new("gateway");

    public IReadOnlyCollection<OutboundOperation> Operations { get; } = [OutboundOperation.Refund];

    /// <summary>Sends one refund whose intent this process has just committed.</summary>
    /// <param name="key">The refund's MerchantTransactionID.</param>
    public async Task SendAsync(string site, Guid id, string key, SendWindow window)
    {
        if (await FindAsync(site, id, key)
            is not ({ } state, { Gateway.PaymentId: { } paymentId }, { State: RefundState.Requested } refund)
            || refund.Call?.WindowStart != window.Start)
        {
            return;
        }

        if (state.IsForgotten && refund.PersonalParts is { Count: > 0 })
        {
            await RecordAsync(site, id, new RefundUpdate(key, new RefundResult.Refused("18", null), LearntFrom.Answer));
            return;
        }

        var order = new RefundOrder(
            site, paymentId, key, refund.Amount, refund.Description?.Value, refund.Personal?.Value);
        var askedAt = realTime.GetUtcNow();
        await sender.SendAsync(
            site, OutboundOperation.Refund, key, refund.Sends, window,
            () => CallAsync(order),
            result => result is RefundResult.NotSent notSent
                ? RecordNotSentAsync(site, id, key, refund.Sends, notSent)
                : RecordAsync(site, id, new RefundUpdate(key, result, LearntFrom.Answer, askedAt, refund.Sends)));
    }

    public async Task LookUpAsync(string site, Preapproval state, string key, OutboundCall call, CancellationToken ct)
    {
        // The snapshot may hold no more of an old charge than its calls.
        await using var session = store.QuerySession(site);
        var full = await PreapprovalStreams.FoldAsync(session, state.Id, ct);
        var charge = full?.Charges.Values.FirstOrDefault(one => one.Refunds.ContainsKey(key));

        if (charge is not { Gateway.PaymentId: { } paymentId } || charge.Refunds[key] is not { } refund)
        {
            return;
        }

        var askedAt = realTime.GetUtcNow();

        if (refund.IsOurs)
        {
            var found = await gateway.FindRefundAsync(new RefundOrder(site, paymentId, key, refund.Amount), ct);

            if (found is not RefundResult.NotSent)
            {
                await RecordAsync(
                    site, state.Id, new RefundUpdate(key, found, LearntFrom.LookUp, askedAt, refund.Sends), call);
            }

            return;
        }

        var shown = (await gateway.ListRefundsAsync(
            site, paymentId, ct))?.FirstOrDefault(one => one.RefundId == refund.RefundId);
        await decisions.RecordAsync(
            site, state.Id, Gateway,
            now => now!.IsAsSeen(OutboundOperation.Refund, key, call)
                ? PreapprovalDecider.RecordLookUp(
                    now!, charge.Id.MerchantTransactionId, key, shown, lookUps, clock.GetUtcNow())
                : [],
            "record_refund");
    }

    public async Task SendAgainAsync(
        string site, Preapproval state, string key, OutboundCall call, CancellationToken ct)
    {
        if (await resends.DecideAsync(site, state.Id, key, call, ct) is var (decided, window)
            && decided.Events.OfType<RefundResent>().Any())
        {
            await SendAsync(site, state.Id, key, window);
        }
    }

    // Look a duplicate up: what the gateway has under this id is this refund only if it matches the request.
    private async Task<RefundResult> CallAsync(RefundOrder order)
    {
        var result = await gateway.RefundAsync(order, CancellationToken.None);

        return result is not RefundResult.Duplicate
            ? result
            : await gateway.FindRefundAsync(order, CancellationToken.None) switch
            {
                RefundResult.NotFound => new RefundResult.Unknown("duplicate_not_found"),
                RefundResult.NotSent => new RefundResult.Unknown("duplicate_not_asked"),
                var found => found,
            };
    }

    private Task RecordNotSentAsync(string site, Guid id, string key, int send, RefundResult.NotSent notSent) =>
        decisions.RecordAsync(
            site, id, Gateway,
            state => state!.OpenCalls.FirstOrDefault(open => open.Operation is OutboundOperation.Refund
                && open.Key == key).Call is
            { State: OutboundState.Requested } now && now.Sends == send
                ? PreapprovalDecider.NotSent(
                    state, OutboundOperation.Refund, key, notSent.Symptom, notSent.Wait, clock.GetUtcNow())
                : [],
            "record_not_sent");

    private Task RecordAsync(string site, Guid id, RefundUpdate update, OutboundCall? seen = null) =>
        decisions.RecordAsync(
            site, id, Gateway,
            state => seen is not null && !state!.IsAsSeen(OutboundOperation.Refund, update.Reference, seen)
                ? []
                : PreapprovalDecider.RecordRefund(state!, update, lookUps, clock.GetUtcNow()),
            "record_refund");

    private async Task<(Preapproval? State, Charge? Charge, Refund? Refund)> FindAsync(string site, Guid id, string key)
    {
        await using var session = store.QuerySession(site);
        var state = await streams.FoldOpenedAsync(session, id, CancellationToken.None);
        var charge = state is not null && state.RefundReferences.TryGetValue(key, out var chargeId)
            ? state.Charges[chargeId]
            : null;

        return (state, charge, charge?.Refunds.GetValueOrDefault(key));
    }
}

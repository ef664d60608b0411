using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Refunds;

/// <summary>Something came after a success: the payment and its refunds are read whole.</summary>
public sealed record ReadPostPayment(string Site, Guid PreapprovalId, string MerchantTransactionId);

public static class ReadPostPaymentHandler
{
    private static readonly EventSource Source = new("gateway");

    /// <exception cref="TimeoutException">
    /// The gateway could not be asked; Wolverine retries, which is always safe.
    /// </exception>
    public static async Task Handle(
        ReadPostPayment command, IDocumentStore store, GatewayReads gateway, PreapprovalDecisions decisions,
        BusinessClock clock, TimeProvider realTime, LookUpPolicy lookUps, CancellationToken ct)
    {
        await using var session = store.QuerySession(command.Site);

        if (await PreapprovalStreams.FoldAsync(session, command.PreapprovalId, ct) is not { } state
            || state.Charges.GetValueOrDefault(command.MerchantTransactionId)
                is not { Gateway.PaymentId: { } paymentId } charge)
        {
            return;
        }

        var askedAt = realTime.GetUtcNow();
        var order = charge.LookUpOrder(command.Site, state.Gateway!.PreapprovalId, state.Terms.MethodId);
        var payment = await gateway.FindChargeAsync(order, ct);
        var refunds =
            payment is ChargeResult.NotSent ? null : await gateway.ListRefundsAsync(command.Site, paymentId, ct);

        if (refunds is null)
        {
            throw new TimeoutException("The gateway could not be asked for the refunds of a payment.");
        }

        var update = new ChargeUpdate(charge.Id.MerchantTransactionId, payment, LearntFrom.LookUp, askedAt);
        await decisions.RecordAsync(
            command.Site, command.PreapprovalId, Source,
            now => Decide(now!, update, refunds, lookUps, clock.GetUtcNow(), askedAt), "record_post_payment");
    }

    // Refunds first: what they explain is no difference.
    private static List<PreapprovalEvent> Decide(
        Preapproval state, ChargeUpdate payment, IReadOnlyList<RefundSnapshot> refunds, LookUpPolicy lookUps,
        DateTimeOffset now, DateTimeOffset askedAt)
    {
        var events = new List<PreapprovalEvent>();

        foreach (var refund in refunds)
        {
            Add(PreapprovalDecider.RecordRefund(
                state, payment.MerchantTransactionId, refund, LearntFrom.LookUp, lookUps, now));
        }

        Add(PreapprovalDecider.RecordOutcome(state, payment, lookUps, now, askedAt));

        return events;

        void Add(PreapprovalEvent[] more)
        {
            state = more.Aggregate(
                state,
                (before, one) =>
                    state.IsSnapshot ? Preapproval.FoldSnapshot(before, one) : Preapproval.Fold(before, one));
            events.AddRange(more);
        }
    }
}

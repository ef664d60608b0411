using Billing.Api.Charging;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Refunding;

/// <summary>Something came after a success: the payment and its refunds are read whole (DESIGN.md section 5, "Money state").</summary>
/// <param name="Cause">What tells one reason to read from another: the event that told of it, or the notification's own time.</param>
public sealed record ReadAfterwards(string Tenant, Guid PreapprovalId, string MerchantTransactionId, string Cause)
{
    public Guid MessageId => DerivedId.Of("read_afterwards", Tenant, MerchantTransactionId, Cause);
}

/// <summary>Never a row: applied in the commit that finishes <see cref="ReadAfterwards"/>.</summary>
public sealed record RecordAfterwards(string Tenant, Guid PreapprovalId, ChargeNews Payment, IReadOnlyList<RefundReading> Refunds);

/// <summary>Which news asks for a read of the payment and its refunds, and for a refund of what was paid twice.</summary>
public static class Aftermath
{
    /// <remarks>A read that follows a read would never end: what <see cref="RecordAfterwards"/> finds asks for nothing more.</remarks>
    public static IEnumerable<Outgoing> Of(string tenant, Guid preapprovalId, IReadOnlyList<PreapprovalEvent> events)
    {
        foreach (var @event in events)
        {
            if (Read(tenant, preapprovalId, @event) is { } read)
            {
                yield return new Outgoing(read, Id: read.MessageId);
            }

            if (@event is PeriodPaidTwice twice)
            {
                var refund = new RefundPaidTwice(tenant, preapprovalId, twice.SecondCharge);
                yield return new Outgoing(refund, Id: refund.MessageId);
            }
        }
    }

    private static ReadAfterwards? Read(string tenant, Guid preapprovalId, PreapprovalEvent @event) => @event switch
    {
        PaymentRefunded { RefundId: null } or PaymentReversed or PaymentDisputed or DisputeWon or DisputeLost or PaymentChargedBack =>
            new ReadAfterwards(tenant, preapprovalId, ((PaymentEvent)@event).Charge.MerchantTransactionId, StoredEvents.NameOf(@event)),
        DriftFound { Fields: [var field] } when PreapprovalDecider.ChargeOfPartialRefund(field) is { } id => new ReadAfterwards(tenant, preapprovalId, id, "partially_refunded"),
        _ => null,
    };
}

public sealed class ReadAfterwardsHandler(IPaymentGateway gateway, EventStore.EventStore store)
{
    public async Task<HandlerResult> Handle(ReadAfterwards command, Delivery delivery, CancellationToken ct)
    {
        var state = (Preapproval)(await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), ct: ct))!.State;

        if (state.Charges.GetValueOrDefault(command.MerchantTransactionId) is not { Gateway.PaymentId: { } paymentId } charge)
        {
            return new HandlerResult.Done();
        }

        var order = new ChargeOrder(command.Tenant, charge.Id.MerchantTransactionId, state.Gateway!.PreapprovalId, state.Terms.MethodId, charge.Amount, null, null);
        var payment = await gateway.FindChargeAsync(order, ct);

        if (NotSent.HandBack(payment, delivery) is { } notSent)
        {
            return notSent;
        }

        var refunds = await gateway.ListRefundsAsync(command.Tenant, paymentId, ct);

        // Asked again on the retry ladder; in the end it is a dead letter that a person sees and replays. A read may be made any number of times.
        return refunds is null
            ? throw new TimeoutException("The gateway could not be asked for the refunds of a payment.")
            : new HandlerResult.Apply(new RecordAfterwards(
                command.Tenant, command.PreapprovalId, new ChargeNews(charge.Id.MerchantTransactionId, payment, LearntFrom.LookUp, null, delivery.ClaimedAt), refunds));
    }
}

public static class RecordAfterwardsHandler
{
    // Refunds first: what they explain is no difference.
    public static (Events, OutgoingMessages) Handle(RecordAfterwards command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var (after, all) = (state!, new List<PreapprovalEvent>());

        foreach (var reading in command.Refunds)
        {
            Take(PreapprovalDecider.RecordRefund(after, command.Payment.MerchantTransactionId, reading, LearntFrom.LookUp, lookUps, now));
        }

        Take(PreapprovalDecider.RecordOutcome(after, command.Payment, lookUps, now));

        return ([.. all], Submissions.For(command.Tenant, state!, all));

        void Take(PreapprovalEvent[] events)
        {
            after = events.Aggregate(after, Preapproval.Evolve);
            all.AddRange(events);
        }
    }
}

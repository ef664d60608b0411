using Billing.Api.Charging;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Refunding;

/// <summary>A refund that is unknown, hangs, or has been open for longer than its method takes is asked about; found by its state in the view, not by a queued message.</summary>
/// <param name="Key">The refund's key within the site: its reference, or # and the gateway's id.</param>
/// <param name="LookUp">How many were made before this one, of that send.</param>
/// <param name="Send">Which send is asked about, from 1; 0: it is not ours.</param>
public sealed record LookUpRefund(string Tenant, Guid PreapprovalId, string Key, long StreamVersion, int LookUp, int Send)
{
    public Guid MessageId => DerivedId.Of("look_up_refund", Tenant, Key, $"{StreamVersion}-{LookUp}");
}

/// <summary>Never a row: what the list of a payment's refunds shows of one that we did not ask for; null: it could not be asked, or is not there any more.</summary>
public sealed record RecordForeignRefund(string Tenant, Guid PreapprovalId, string MerchantTransactionId, string Key, RefundReading? Reading);

public sealed class LookUpRefundHandler(IPaymentGateway gateway, EventStore.EventStore store)
{
    public async Task<HandlerResult> Handle(LookUpRefund command, Delivery delivery, CancellationToken ct)
    {
        var state = (Preapproval)(await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), ct: ct))!.State;
        var charge = state.Charges.Values.FirstOrDefault(one => one.Refunds.ContainsKey(command.Key));

        // Enqueued once more by a node that had read the view before the look-up was recorded: it was made already, or it was sent again over it.
        if (charge?.Refunds[command.Key] is not { State: RefundState.Requested or RefundState.Unknown or RefundState.Pending } refund
            || refund.Sends != command.Send || (refund.State is not RefundState.Requested && refund.LookUps != command.LookUp))
        {
            return new HandlerResult.Done();
        }

        var paymentId = charge.Gateway!.PaymentId!.Value;

        if (refund.IsOurs)
        {
            var answer = await gateway.FindRefundAsync(new RefundOrder(command.Tenant, paymentId, command.Key, refund.Amount), ct);

            return NotSent.HandBack(answer, delivery) ?? (HandlerResult)new HandlerResult.Apply(new RecordRefund(command.Tenant, command.PreapprovalId, new RefundNews(command.Key, answer, LearntFrom.LookUp, null, delivery.ClaimedAt, command.Send)));
        }

        var shown = await gateway.ListRefundsAsync(command.Tenant, paymentId, ct);

        return new HandlerResult.Apply(new RecordForeignRefund(
            command.Tenant, command.PreapprovalId, charge.Id.MerchantTransactionId, command.Key, shown?.FirstOrDefault(reading => reading.RefundId == refund.RefundId)));
    }
}

public static class RecordForeignRefundHandler
{
    public static Events Handle(RecordForeignRefund command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now) =>
        [.. PreapprovalDecider.RecordLookUp(state!, command.MerchantTransactionId, command.Key, command.Reading, lookUps, now)];
}

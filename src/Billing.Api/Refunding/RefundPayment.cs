using Billing.Api.Charging;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Refunding;

// A refund is three small steps like a charge, the network alone in the middle:
//   RequestRefund  decide, append RefundRequested, enqueue SubmitRefund    one commit
//   SubmitRefund   send what was never claimed before, ask about the rest  no transaction
//   RecordRefund   append what we now know, unknown included               one commit

/// <summary>One send of one refund; <paramref name="Send"/> counts them, so that each send is a message of its own.</summary>
/// <param name="MerchantTransactionId">Of the charge.</param>
/// <param name="Reference">The refund's MerchantTransactionID.</param>
/// <param name="RequestedAt">Business time: how long it may wait to be sent.</param>
public sealed record SubmitRefund(
    string Tenant, Guid PreapprovalId, string MerchantTransactionId, string Reference, int Send, int GatewayPaymentId, long AmountMinor, string Currency, DateTimeOffset RequestedAt)
{
    public Guid MessageId => DerivedId.Of("submit_refund", Tenant, Reference, $"{Send}");

    public RefundOrder Order => new(Tenant, GatewayPaymentId, Reference, new Money(AmountMinor, Currency));
}

/// <summary>Never a row of its own: applied in the commit that finishes the message it answers.</summary>
public sealed record RecordRefund(string Tenant, Guid PreapprovalId, RefundNews News);

/// <summary>Which events put a refund on its way to the gateway.</summary>
public static class RefundSubmissions
{
    /// <param name="state">After the events.</param>
    public static OutgoingMessages For(string tenant, Preapproval state, IEnumerable<PreapprovalEvent> events) =>
        [.. events.Select(e => For(tenant, state, e)).OfType<SubmitRefund>().Select(submit => new Outgoing(submit, Id: submit.MessageId))];

    private static SubmitRefund? For(string tenant, Preapproval state, PreapprovalEvent @event) => @event switch
    {
        RefundRequested e => Submit(tenant, state, e.Charge, e.RefundReference),
        RefundResent e => Submit(tenant, state, e.Charge, e.RefundReference),
        _ => null,
    };

    private static SubmitRefund Submit(string tenant, Preapproval state, ChargeId id, string reference)
    {
        var charge = state.Charges[id.MerchantTransactionId];
        var refund = charge.Refunds[reference];

        return new SubmitRefund(
            tenant, state.Id, id.MerchantTransactionId, reference, refund.Sends, charge.Gateway!.PaymentId!.Value, refund.Amount.Minor, refund.Amount.Currency, refund.RequestedAt);
    }
}

public sealed class SubmitRefundHandler(IPaymentGateway gateway, EventStore.EventStore store, TimeProvider clock, Settings settings)
{
    public async Task<HandlerResult> Handle(SubmitRefund command, Delivery delivery, CancellationToken ct)
    {
        if (!delivery.IsFirst)
        {
            var asked = await gateway.FindRefundAsync(command.Order, ct);

            return NotSent.HandBack(asked, delivery) ?? (HandlerResult)Record(command, delivery, asked, LearntFrom.LookUp);
        }

        // The last look at the books before money moves; what names a person is never in a message, and is unsealed here.
        var state = (Preapproval)(await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), unseal: true, ct: ct))!.State;
        var charge = state.Charges[command.MerchantTransactionId];

        if (charge.Refunds[command.Reference] is not { State: RefundState.Requested } refund || refund.Sends != command.Send)
        {
            return new HandlerResult.Done();
        }

        if (state.IsForgotten && refund.PersonalParts.Count > 0)
        {
            return Record(command, delivery, new RefundAnswer.Refused("18", "The customer was forgotten before it was sent, and with them the details that it needs."), LearntFrom.Answer);
        }

        // A call that could outlive the lease is not begun: another process may have the message by then.
        if (delivery.Remaining < settings.GatewayTimeout)
        {
            return clock.GetUtcNow() - command.RequestedAt < settings.LookUps.QuietPeriod
                ? new HandlerResult.HandBack(settings.AskAgain, "too late to send under this lease")
                : Record(command, delivery, new RefundAnswer.Unknown("not_sent_yet"), LearntFrom.Answer);
        }

        var answer = await gateway.RefundAsync(command.Order with { Description = refund.Description, Personal = refund.Personal }, ct);

        // The id is taken: what is there is ours only if it is exactly what we asked for, and then it is the answer.
        if (answer is RefundAnswer.Duplicate)
        {
            answer = await gateway.FindRefundAsync(command.Order, ct) switch
            {
                RefundAnswer.NotFound => new RefundAnswer.Unknown("duplicate_not_found"),
                RefundAnswer.NotSent => new RefundAnswer.Unknown("duplicate_not_asked"),
                var found => found,
            };
        }

        return NotSent.HandBack(answer, delivery) ?? (HandlerResult)Record(command, delivery, answer, LearntFrom.Answer);
    }

    private static HandlerResult.Apply Record(SubmitRefund command, Delivery delivery, RefundAnswer answer, LearntFrom from) => new(new RecordRefund(
        command.Tenant, command.PreapprovalId, new RefundNews(command.Reference, answer, from, delivery.ClaimedAt, delivery.ClaimedAt, command.Send)));
}

public static class RecordRefundHandler
{
    // What stays unknown needs no message of its own: the resolver finds it by its state, as often as it takes.
    public static (Events, OutgoingMessages) Handle(RecordRefund command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var events = PreapprovalDecider.RecordRefund(state!, command.News, lookUps, now);

        return ([.. events], RefundSubmissions.For(command.Tenant, events.Aggregate(state!, Preapproval.Evolve), events));
    }
}

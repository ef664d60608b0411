using Billing.Domain.Preapprovals;
using Billing.Messaging;

namespace Billing.Api.Charging;

/// <summary>Which events put a charge on its way to the gateway.</summary>
public static class Submissions
{
    /// <param name="state">Before the events.</param>
    public static OutgoingMessages For(string tenant, Preapproval state, IReadOnlyList<PreapprovalEvent> events) =>
        [.. events.Select(e => For(tenant, state, e)).OfType<SubmitCharge>().Select(submit => new Outgoing(submit, Id: submit.MessageId))];

    private static SubmitCharge? For(string tenant, Preapproval state, PreapprovalEvent @event) => @event switch
    {
        ChargeRequested e => Submit(tenant, state, e.Charge, e.Amount, 1, e.RequestedAt),
        ChargeResent e => Submit(tenant, state, e.Charge, state.Charges[e.Charge.MerchantTransactionId].Amount, state.Charges[e.Charge.MerchantTransactionId].Sends + 1, e.ResentAt),
        _ => null,
    };

    private static SubmitCharge Submit(string tenant, Preapproval state, ChargeId charge, Domain.Money amount, int send, DateTimeOffset at) => new(
        tenant, state.Id, charge.MerchantTransactionId, send, state.Gateway!.PreapprovalId, state.Terms.MethodId, amount.Minor, amount.Currency,
        charge.Period is { } period ? [.. state.AttemptsAt(period).Where(other => other.Id.Attempt < charge.Attempt && other.State is not MoneyState.Stopped)
            .Select(other => new Attempt(other.Id.MerchantTransactionId, other.Gateway?.PaymentId is not null))] : [],
        at);
}

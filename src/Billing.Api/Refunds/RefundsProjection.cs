using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Refunds;

/// <summary>What the refunds view shows of one refund: the refund as the stream has it, and where it belongs.</summary>
public sealed record RefundRow(string Tenant, Guid PreapprovalId, string MerchantTransactionId, int? GatewayPaymentId, Refund Refund, DateTimeOffset? UnknownRecordedAt, long StreamVersion);

/// <summary>One row per refund that has a name, ours or made elsewhere.</summary>
/// <remarks>Inline on purpose: the answer to a storefront is read here, and the resolver finds the unknown by its state.</remarks>
public sealed class RefundsProjection : View<RefundRow>
{
    public override string Name => "refunds";

    public override string StreamColumn => "preapproval_id";

    protected override IReadOnlyList<ViewColumn<RefundRow>> Columns { get; } =
    [
        Key("tenant_id", row => row.Tenant),
        Key("refund_key", row => row.Refund.Key),
        Column("preapproval_id", row => row.PreapprovalId),
        Column("payment_merchant_transaction_id", row => row.MerchantTransactionId),
        Column("gateway_payment_id", row => (long?)row.GatewayPaymentId),
        Column("reference", row => row.Refund.Reference),
        Column("gateway_refund_id", row => (long?)row.Refund.RefundId),
        Column("cause", row => row.Refund.Cause),
        Column("amount_minor", row => row.Refund.Amount.Minor),
        Column("currency", row => row.Refund.Amount.Currency),
        Column("status", row => row.Refund.State.ToString().ToLowerInvariant()),
        Column("symptom", row => row.Refund.Symptom),
        Column("code", row => row.Refund.State is RefundState.Failed ? row.Refund.FailureCode : null),
        Column("type_id", row => row.Refund.Gateway?.TypeId),
        Column("gateway_status_id", row => row.Refund.Gateway?.StatusId),
        Column("gateway_status_info", row => row.Refund.Gateway?.StatusInfo),
        Column("gateway_created", row => row.Refund.Gateway?.Created),
        Column("learnt_from", row => row.Refund.LearntFrom is { } learnt ? Word(learnt) : null),
        Column("sends", row => row.Refund.Sends),
        Column("look_ups", row => row.Refund.LookUps),
        Column("next_look_up_at", row => row.Refund.NextLookUpAt),
        Column("unknown_recorded_at", row => row.UnknownRecordedAt),
        Column("owner", row => row.Refund.Owner),
        Column("requested_at", row => row.Refund.RequestedAt),
        Column("settled_at", row => row.Refund.SettledAt),
        Column("stream_version", row => row.StreamVersion),
    ];

    protected override void Apply(ViewRows<RefundRow> rows, Recorded recorded)
    {
        if (Find(recorded) is var (charge, refund))
        {
            rows.Set(refund.Key, new RefundRow(
                recorded.Tenant, recorded.StreamId, charge.Id.MerchantTransactionId, charge.Gateway?.PaymentId, refund, refund.State is RefundState.Unknown ? recorded.Timestamp : null, recorded.Version));
        }
    }

    // The state is the one after the event: whatever it named has its id by now.
    private static (Charge Charge, Refund Refund)? Find(Recorded recorded)
    {
        var (id, reference, refundId) = recorded.Data switch
        {
            RefundRequested e => (e.Charge, e.RefundReference, null),
            RefundAccepted e => (e.Charge, null, e.RefundId),
            RefundOutcomeUnknown e => (e.Charge, e.RefundReference, null),
            RefundResent e => (e.Charge, e.RefundReference, null),
            RefundFailed e => (e.Charge, e.RefundReference, e.RefundId),
            RefundSetByOperator e => (e.Charge, e.RefundReference, null),
            PaymentRefunded { RefundId: { } named } e => (e.Charge, null, named),
            _ => ((ChargeId?)null, (string?)null, (int?)null),
        };

        return id is null || ((Preapproval)recorded.State!).Charges[id.MerchantTransactionId] is not { } charge ? null
            : (refundId is { } number ? charge.RefundOf(number, null) : charge.Refunds.GetValueOrDefault(reference!)) is { } refund ? (charge, refund) : null;
    }

    private static string Word(LearntFrom learnt) => learnt is LearntFrom.LookUp ? "look_up" : learnt.ToString().ToLowerInvariant();
}

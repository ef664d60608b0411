using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Payments;

/// <summary>One row per charge.</summary>
/// <remarks>Inline on purpose: a receipt must be readable the moment a charge is acknowledged, and the resolver finds the unknown by its state here.</remarks>
public sealed class PaymentHistoryProjection : View<ChargeRow>
{
    public override string Name => "payment_history";

    public override string StreamColumn => "preapproval_id";

    protected override IReadOnlyList<ViewColumn<ChargeRow>> Columns { get; } =
    [
        Key("tenant_id", row => row.Tenant),
        Key("merchant_transaction_id", row => row.MerchantTransactionId),
        Column("preapproval_id", row => row.PreapprovalId),
        Column("gateway_preapproval_id", row => row.GatewayPreapprovalId),
        Column("method_id", row => row.MethodId),
        Column("schedule_revision", row => row.Period?.ScheduleRevision),
        Column("due_on", row => row.Period?.DueOn),
        Column("attempt", row => row.Attempt),
        Column("origin", row => Word(row.Origin)),
        Column("amount_minor", row => row.Amount.Minor),
        Column("currency", row => row.Amount.Currency),
        Column("captured_minor", row => row.CapturedMinor),
        Column("refunded_minor", row => row.RefundedMinor),
        Column("taken_back_minor", row => row.TakenBackMinor),
        Column("status", row => row.Status),
        Column("afterwards", row => row.Afterwards),
        Column("symptom", row => row.Symptom),
        Column("code", row => row.Code),
        Column("gateway_payment_id", row => row.GatewayPaymentId),
        Column("gateway_status_id", row => row.GatewayStatusId),
        Column("gateway_status_info", row => row.GatewayStatusInfo),
        Column("gateway_created", row => row.GatewayCreated),
        Column("notified_at", row => row.NotifiedAt),
        Column("learnt_from", row => row.LearntFrom is { } learnt ? Word(learnt) : null),
        Column("sends", row => row.Sends),
        Column("look_ups", row => row.LookUps),
        Column("next_look_up_at", row => row.NextLookUpAt),
        Column("unknown_recorded_at", row => row.UnknownRecordedAt),
        Column("owner", row => row.Owner),
        Column("requested_at", row => row.RequestedAt),
        Column("settled_at", row => row.SettledAt),
        Column("stream_version", row => row.StreamVersion),
    ];

    protected override void Apply(ViewRows<ChargeRow> rows, Recorded recorded)
    {
        if (recorded.Data is ChargeRequested requested)
        {
            rows.Set(requested.Charge.MerchantTransactionId, ChargeRow.Of(requested, recorded));
        }
        else if (ChargeRow.ChargeOf(recorded.Data) is { } charge && rows[charge.MerchantTransactionId] is { } row)
        {
            var after = row.After(recorded.Data, recorded.Timestamp).With(((Preapproval)recorded.State!).Charges[charge.MerchantTransactionId]);
            rows.Set(charge.MerchantTransactionId, after with { StreamVersion = recorded.Version });
        }
    }

    private static string Word<T>(T value) where T : struct, Enum => value switch
    {
        ChargeOrigin.OnDemand => "on_demand",
        LearntFrom.LookUp => "look_up",
        _ => value.ToString().ToLowerInvariant(),
    };
}

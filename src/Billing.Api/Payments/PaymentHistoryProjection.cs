using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Payments;

/// <summary>One row per charge, written in the transaction that appends the event.</summary>
/// <remarks>Inline on purpose: a receipt must be readable the moment a charge is acknowledged, and the resolver finds the unknown by its state here.</remarks>
public sealed class PaymentHistoryProjection : IInlineProjection
{
    public string Name => "payment_history";

    public bool IsView => true;

    public string StreamColumn => "preapproval_id";

    public void Project(Recorded recorded, NpgsqlBatch batch)
    {
        switch (recorded.Data)
        {
            case ChargeRequested e:
                Requested(batch, recorded, e);
                break;

            case ChargeResent e:
                Move(batch, recorded, e.Charge, "requested", null, null);
                batch.Add(
                    "update payment_history set sends = sends + 1 where tenant_id = $1 and merchant_transaction_id = $2", recorded.Tenant, e.Charge.MerchantTransactionId);
                break;

            case ChargeStopped e:
                Move(batch, recorded, e.Charge, "stopped", e.Reason, e.StoppedAt);
                break;

            case PaymentOutcomeUnknown e:
                Unknown(batch, recorded, e);
                break;

            case PaymentPending e:
                Settle(batch, recorded, e, "pending", null);
                Await(batch, recorded, e);
                break;

            case PaymentFailed e:
                Settle(batch, recorded, e, "failed", e.FailedAt);
                break;

            case PaymentCharged e:
                Settle(batch, recorded, e, "charged", e.ChargedAt);
                break;

            case OutcomeSetByOperator e:
                Move(batch, recorded, e.Charge, e.State is MoneyState.Charged ? "charged" : "failed", "set_by_operator", e.SetAt);
                break;

            case PaymentReversed e:
                Afterwards(batch, recorded, e.Charge, "reversed", e.Gateway);
                break;

            case PaymentDisputed e:
                Afterwards(batch, recorded, e.Charge, "disputed", e.Gateway);
                break;

            case DisputeWon e:
                Afterwards(batch, recorded, e.Charge, "dispute_won", e.Gateway);
                break;

            case DisputeLost e:
                Afterwards(batch, recorded, e.Charge, "dispute_lost", e.Gateway);
                break;

            case PaymentChargedBack e:
                Afterwards(batch, recorded, e.Charge, "charged_back", e.Gateway);
                break;

            case PaymentRefunded e:
                Afterwards(batch, recorded, e.Charge, "refunded", e.Gateway);
                Refunded(batch, recorded, e.Charge, e.Refunded);
                break;
        }
    }

    private static void Requested(NpgsqlBatch batch, Recorded recorded, ChargeRequested e)
    {
        var state = (Preapproval)recorded.State!;

        batch.Add(
            """
            insert into payment_history (
                tenant_id, merchant_transaction_id, preapproval_id, gateway_preapproval_id, method_id, schedule_revision, due_on, attempt, origin,
                amount_minor, currency, status, requested_at, stream_version)
            values ($1, $2, $3, $4::bigint, $5, $6::int, $7::date, $8, $9, $10, $11, 'requested', $12, $13)
            """,
            recorded.Tenant, e.Charge.MerchantTransactionId, e.PreapprovalId, (long?)state.Gateway?.PreapprovalId, state.Terms.MethodId,
            e.Charge.Period?.ScheduleRevision, e.Charge.Period?.DueOn, e.Charge.Attempt, Word(e.Origin), e.Amount.Minor, e.Amount.Currency, e.RequestedAt, recorded.Version);
    }

    private static void Move(NpgsqlBatch batch, Recorded recorded, ChargeId charge, string status, string? symptom, DateTimeOffset? at) => batch.Add(
        """
        update payment_history
        set status = $3, symptom = $4::varchar, settled_at = $5::timestamptz, look_ups = 0, next_look_up_at = null, unknown_recorded_at = null, owner = null, stream_version = $6
        where tenant_id = $1 and merchant_transaction_id = $2
        """,
        recorded.Tenant, charge.MerchantTransactionId, status, symptom, at, recorded.Version);

    private static void Unknown(NpgsqlBatch batch, Recorded recorded, PaymentOutcomeUnknown e) => batch.Add(
        """
        update payment_history
        set status = 'unknown', symptom = $3, look_ups = $4, next_look_up_at = $5::timestamptz, owner = $6::varchar, unknown_recorded_at = $7,
            gateway_payment_id = coalesce($8::bigint, gateway_payment_id), gateway_status_id = coalesce($9::int, gateway_status_id), stream_version = $10
        where tenant_id = $1 and merchant_transaction_id = $2
        """,
        recorded.Tenant, e.Charge.MerchantTransactionId, e.Symptom, e.LookUps, e.NextLookUpAt, e.Owner, recorded.Timestamp,
        (long?)e.Gateway?.PaymentId, e.Gateway?.StatusId, recorded.Version);

    private static void Settle(NpgsqlBatch batch, Recorded recorded, PaymentEvent e, string status, DateTimeOffset? at) => batch.Add(
        """
        update payment_history
        set status = $3, settled_at = $4::timestamptz, captured_minor = coalesce($5::bigint, captured_minor), symptom = null, code = $6::varchar,
            gateway_payment_id = coalesce($7::bigint, gateway_payment_id), gateway_status_id = coalesce($8::int, gateway_status_id),
            gateway_status_info = coalesce($9::varchar, gateway_status_info), gateway_created = coalesce($10::varchar, gateway_created),
            notified_at = coalesce($11::varchar, notified_at), learnt_from = $12, look_ups = 0, next_look_up_at = null, unknown_recorded_at = null, owner = null,
            stream_version = $13
        where tenant_id = $1 and merchant_transaction_id = $2
        """,
        recorded.Tenant, e.Charge.MerchantTransactionId, status, at, e.CapturedAmount?.Minor, e.Gateway?.Code, (long?)e.Gateway?.PaymentId, e.Gateway?.StatusId,
        e.Gateway?.StatusInfo, e.Gateway?.Created, e.Gateway?.NotifiedAt, Word(e.LearntFrom), recorded.Version);

    private static void Await(NpgsqlBatch batch, Recorded recorded, PaymentPending e) => batch.Add(
        "update payment_history set look_ups = $3, next_look_up_at = $4::timestamptz, owner = $5::varchar where tenant_id = $1 and merchant_transaction_id = $2",
        recorded.Tenant, e.Charge.MerchantTransactionId, e.LookUps, e.NextLookUpAt, e.Owner);

    private static void Afterwards(NpgsqlBatch batch, Recorded recorded, ChargeId charge, string fact, GatewayPayment? gateway) => batch.Add(
        """
        update payment_history
        set afterwards = case when afterwards = '' then $3 else afterwards || ',' || $3 end,
            gateway_status_id = coalesce($4::int, gateway_status_id), gateway_status_info = coalesce($5::varchar, gateway_status_info),
            notified_at = coalesce($6::varchar, notified_at), stream_version = $7
        where tenant_id = $1 and merchant_transaction_id = $2
        """,
        recorded.Tenant, charge.MerchantTransactionId, fact, gateway?.StatusId, gateway?.StatusInfo, gateway?.NotifiedAt, recorded.Version);

    private static void Refunded(NpgsqlBatch batch, Recorded recorded, ChargeId charge, Money amount) => batch.Add(
        "update payment_history set refunded_minor = refunded_minor + $3 where tenant_id = $1 and merchant_transaction_id = $2",
        recorded.Tenant, charge.MerchantTransactionId, amount.Minor);

    private static string Word<T>(T value) where T : struct, Enum => value switch
    {
        ChargeOrigin.OnDemand => "on_demand",
        LearntFrom.LookUp => "look_up",
        _ => value.ToString().ToLowerInvariant(),
    };
}

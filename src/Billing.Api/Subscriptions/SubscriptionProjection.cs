using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Subscriptions;

/// <summary>One row per preapproval: its folded state, written in the transaction that appends.</summary>
/// <remarks>Inline on purpose: the sweep decides by next_due_at, so that it must never lag behind the events.</remarks>
public sealed class SubscriptionProjection : IInlineProjection
{
    private const string Upsert =
        """
        insert into subscriptions (
            tenant_id, preapproval_id, merchant_preapproval_id, gateway_preapproval_id, method_id, status, amount_minor, currency, every, unit,
            first_due_on, ends_on, periods, time_zone, catch_up, schedule_revision, is_paused, last_decided_on, next_due_on, next_due_at, next_due_revision,
            next_due_attempt, unsettled_operation, next_look_up_at, look_ups, owner, drift, requested_at, opened_at, closed_at, closed_by, is_forgotten, stream_version)
        values ($1, $2, $3, $4::bigint, $5, $6, $7::bigint, $8::varchar, $9::int, $10::varchar, $11::date, $12::date, $13::int, $14::varchar, $15::varchar, $16::int, $17, $18::date,
            $19::date, $20::timestamptz, $21::int, $22::int, $23::varchar, $24::timestamptz, $25::int, $26::varchar, $27, $28, $29::timestamptz, $30::timestamptz, $31::varchar, $32, $33)
        on conflict (tenant_id, preapproval_id) do update set
            merchant_preapproval_id = excluded.merchant_preapproval_id, gateway_preapproval_id = excluded.gateway_preapproval_id, method_id = excluded.method_id,
            status = excluded.status, amount_minor = excluded.amount_minor, currency = excluded.currency, every = excluded.every, unit = excluded.unit,
            first_due_on = excluded.first_due_on, ends_on = excluded.ends_on, periods = excluded.periods, time_zone = excluded.time_zone, catch_up = excluded.catch_up,
            schedule_revision = excluded.schedule_revision, is_paused = excluded.is_paused, last_decided_on = excluded.last_decided_on, next_due_on = excluded.next_due_on,
            next_due_at = excluded.next_due_at, next_due_revision = excluded.next_due_revision, next_due_attempt = excluded.next_due_attempt,
            unsettled_operation = excluded.unsettled_operation, next_look_up_at = excluded.next_look_up_at, look_ups = excluded.look_ups, owner = excluded.owner,
            drift = excluded.drift, requested_at = excluded.requested_at, opened_at = excluded.opened_at, closed_at = excluded.closed_at, closed_by = excluded.closed_by,
            is_forgotten = excluded.is_forgotten, stream_version = excluded.stream_version
        """;

    public string Name => "subscriptions";

    public bool IsView => true;

    public string StreamColumn => "preapproval_id";

    public void Project(Recorded recorded, NpgsqlBatch batch)
    {
        if (!recorded.IsLast)
        {
            return;
        }

        var it = (Preapproval)recorded.State!;
        var schedule = it.Schedule;
        var due = it.NextDue;

        batch.Add(
            Upsert,
            recorded.Tenant, it.Id, it.Terms.MerchantPreapprovalId, (long?)it.Gateway?.PreapprovalId, it.Terms.MethodId, Word(it.Status),
            schedule?.Amount.Minor, schedule?.Amount.Currency, schedule?.Every, schedule?.Unit.ToWire(), schedule?.FirstDueOn, schedule?.EndsOn, schedule?.Periods,
            schedule?.TimeZone, schedule?.CatchUp.ToWire(), schedule?.Revision, it.IsPaused, it.LastDecided,
            due?.Period.DueOn, due?.DueAt, due?.Period.ScheduleRevision, due?.Attempt,
            it.Unsettled?.Operation.ToString().ToLowerInvariant(), it.Unsettled?.NextLookUpAt, it.Unsettled?.LookUps, it.Unsettled?.Owner,
            string.Join(',', it.Drift), it.RequestedAt, it.OpenedAt, it.ClosedAt, it.ClosedBy?.ToString().ToLowerInvariant(), it.IsForgotten, recorded.Version);
    }

    private static string Word(PreapprovalStatus status) => status.ToString().ToLowerInvariant();
}

using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Billing.Domain.Preapprovals;

/// <summary>How an event is stored: its name for ever, its JSON, and which of its properties are sealed.</summary>
/// <param name="Sealed">Top-level properties that may identify a person.</param>
public sealed record StoredEvent(string Name, JsonTypeInfo Json, params string[] Sealed)
{
    public Type ClrType => Json.Type;
}

/// <summary>Every event of a preapproval, in lifecycle order. A name is never reused; a changed shape gets a new one (_v2) and an upcaster.</summary>
public static class StoredEvents
{
    private const string Personal = nameof(PreapprovalRequested.Personal);
    private const string ReasonText = nameof(PaymentFailed.ReasonText);

    private static StoredEventsJson Json => StoredEventsJson.Default;

    private static readonly Lazy<Dictionary<Type, string>> Names = new(() => All!.ToDictionary(stored => stored.ClrType, stored => stored.Name));

    /// <summary>The stored name.</summary>
    public static string NameOf(PreapprovalEvent @event) => Names.Value[@event.GetType()];

    public static IReadOnlyList<StoredEvent> All { get; } =
    [
        new("preapproval_requested", Json.PreapprovalRequested, Personal),
        new("preapproval_registered", Json.PreapprovalRegistered, Personal),
        new("preapproval_refused", Json.PreapprovalRefused, ReasonText),
        new("preapproval_abandoned", Json.PreapprovalAbandoned),
        new("preapproval_opened", Json.PreapprovalOpened, nameof(PreapprovalOpened.MandateReference)),
        new("change_requested", Json.ChangeRequested, Personal),
        new("preapproval_changed", Json.PreapprovalChanged, Personal),
        new("change_failed", Json.ChangeFailed, ReasonText),
        new("close_requested", Json.CloseRequested),
        new("close_failed", Json.CloseFailed, ReasonText),
        new("preapproval_closed", Json.PreapprovalClosed),
        new("mandate_outcome_unknown", Json.MandateOutcomeUnknown),
        new("customer_forgotten", Json.CustomerForgotten),
        new("recovered_from_gateway", Json.RecoveredFromGateway, Personal),
        new("drift_found", Json.DriftFound, nameof(DriftFound.Differences)),
        new("drift_healed", Json.DriftHealed),

        new("schedule_set", Json.ScheduleSet),
        new("schedule_paused", Json.SchedulePaused),
        new("schedule_resumed", Json.ScheduleResumed),
        new("period_skipped", Json.PeriodSkipped),
        new("period_reinstated", Json.PeriodReinstated),
        new("due_time_set", Json.DueTimeSet),

        new("charge_requested", Json.ChargeRequested, nameof(ChargeRequested.Description)),
        new("charge_resent", Json.ChargeResent),
        new("charge_stopped", Json.ChargeStopped),
        new("charge_deferred", Json.ChargeDeferred),
        new("charge_skipped", Json.ChargeSkipped),
        new("payment_pending", Json.PaymentPending),
        new("payment_charged", Json.PaymentCharged),
        new("payment_failed", Json.PaymentFailed, ReasonText),
        new("payment_outcome_unknown", Json.PaymentOutcomeUnknown),
        new("retry_scheduled", Json.RetryScheduled),
        new("retries_exhausted", Json.RetriesExhausted),
        new("period_paid_twice", Json.PeriodPaidTwice),
        new("outcome_set_by_operator", Json.OutcomeSetByOperator, nameof(OutcomeSetByOperator.Why), nameof(OutcomeSetByOperator.Evidence)),

        new("refund_requested", Json.RefundRequested, nameof(RefundRequested.Description), nameof(RefundRequested.Personal)),
        new("refund_accepted", Json.RefundAccepted),
        new("refund_outcome_unknown", Json.RefundOutcomeUnknown),
        new("refund_resent", Json.RefundResent),
        new("payment_refunded", Json.PaymentRefunded),
        new("refund_failed", Json.RefundFailed, ReasonText),
        new("refund_set_by_operator", Json.RefundSetByOperator, nameof(RefundSetByOperator.Why), nameof(RefundSetByOperator.Evidence)),
        new("payment_reversed", Json.PaymentReversed, ReasonText),
        new("dispute_reported", Json.DisputeReported),
        new("payment_disputed", Json.PaymentDisputed),
        new("dispute_won", Json.DisputeWon),
        new("dispute_lost", Json.DisputeLost),
        new("payment_charged_back", Json.PaymentChargedBack),
    ];
}

/// <summary>PascalCase, enums as strings, ISO times, plain BCL types: what Marten's serializer reads too.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PreapprovalRequested))]
[JsonSerializable(typeof(PreapprovalRegistered))]
[JsonSerializable(typeof(PreapprovalRefused))]
[JsonSerializable(typeof(PreapprovalAbandoned))]
[JsonSerializable(typeof(PreapprovalOpened))]
[JsonSerializable(typeof(ChangeRequested))]
[JsonSerializable(typeof(PreapprovalChanged))]
[JsonSerializable(typeof(ChangeFailed))]
[JsonSerializable(typeof(CloseRequested))]
[JsonSerializable(typeof(CloseFailed))]
[JsonSerializable(typeof(PreapprovalClosed))]
[JsonSerializable(typeof(MandateOutcomeUnknown))]
[JsonSerializable(typeof(CustomerForgotten))]
[JsonSerializable(typeof(RecoveredFromGateway))]
[JsonSerializable(typeof(DriftFound))]
[JsonSerializable(typeof(DriftHealed))]
[JsonSerializable(typeof(ScheduleSet))]
[JsonSerializable(typeof(SchedulePaused))]
[JsonSerializable(typeof(ScheduleResumed))]
[JsonSerializable(typeof(PeriodSkipped))]
[JsonSerializable(typeof(PeriodReinstated))]
[JsonSerializable(typeof(DueTimeSet))]
[JsonSerializable(typeof(ChargeRequested))]
[JsonSerializable(typeof(ChargeResent))]
[JsonSerializable(typeof(ChargeStopped))]
[JsonSerializable(typeof(ChargeDeferred))]
[JsonSerializable(typeof(ChargeSkipped))]
[JsonSerializable(typeof(PaymentPending))]
[JsonSerializable(typeof(PaymentCharged))]
[JsonSerializable(typeof(PaymentFailed))]
[JsonSerializable(typeof(PaymentOutcomeUnknown))]
[JsonSerializable(typeof(RetryScheduled))]
[JsonSerializable(typeof(RetriesExhausted))]
[JsonSerializable(typeof(PeriodPaidTwice))]
[JsonSerializable(typeof(OutcomeSetByOperator))]
[JsonSerializable(typeof(RefundRequested))]
[JsonSerializable(typeof(RefundAccepted))]
[JsonSerializable(typeof(RefundOutcomeUnknown))]
[JsonSerializable(typeof(RefundResent))]
[JsonSerializable(typeof(PaymentRefunded))]
[JsonSerializable(typeof(RefundFailed))]
[JsonSerializable(typeof(RefundSetByOperator))]
[JsonSerializable(typeof(PaymentReversed))]
[JsonSerializable(typeof(DisputeReported))]
[JsonSerializable(typeof(PaymentDisputed))]
[JsonSerializable(typeof(DisputeWon))]
[JsonSerializable(typeof(DisputeLost))]
[JsonSerializable(typeof(PaymentChargedBack))]
internal sealed partial class StoredEventsJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>How an event is stored: its lasting name and its JSON.</summary>
public sealed record StoredEvent(string Name, JsonTypeInfo Json)
{
    public Type ClrType => Json.Type;
}

/// <summary>
/// Every event of a preapproval, in lifecycle order. A name is never reused; a changed shape gets a new one (_v2) and
/// an upcaster.
/// </summary>
public static class StoredEvents
{
    private static StoredEventsJson Json => StoredEventsJson.Default;

    private static readonly Lazy<Dictionary<Type, string>> Names = new(() =>
        All!.ToDictionary(stored => stored.ClrType, stored => stored.Name));

    /// <summary>The stored name.</summary>
    public static string NameOf(PreapprovalEvent @event) => Names.Value[@event.GetType()];

    /// <summary>Source-generated contracts of events, <see cref="Preapproval"/> and <see cref="Charge"/>.</summary>
    public static IJsonTypeInfoResolver Resolver => Json;

    /// <summary>The options that stored events and states are written and read with.</summary>
    public static JsonSerializerOptions Options => Json.Options;

    /// <summary>Makes a serializer write and read these types as stored, and leaves it free for others.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.TypeInfoResolverChain.Insert(0, Resolver);

        foreach (var words in Words)
        {
            options.Converters.Add(words);
        }
    }

    public static IReadOnlyList<StoredEvent> All { get; } =
    [
        new("preapproval_requested", Json.PreapprovalRequested),
        new("preapproval_registered", Json.PreapprovalRegistered),
        new("preapproval_refused", Json.PreapprovalRefused),
        new("preapproval_abandoned", Json.PreapprovalAbandoned),
        new("preapproval_opened", Json.PreapprovalOpened),
        new("change_requested", Json.ChangeRequested),
        new("preapproval_changed", Json.PreapprovalChanged),
        new("change_failed", Json.ChangeFailed),
        new("close_requested", Json.CloseRequested),
        new("close_failed", Json.CloseFailed),
        new("preapproval_closed", Json.PreapprovalClosed),
        new("mandate_outcome_unknown", Json.MandateOutcomeUnknown),
        new("mandate_call_resent", Json.MandateCallResent),
        new("mandate_call_not_sent", Json.MandateCallNotSent),
        new("mandate_set_by_operator", Json.MandateSetByOperator),
        new("customer_forgotten", Json.CustomerForgotten),
        new("recovered_from_gateway", Json.RecoveredFromGateway),
        new("subscription_imported", Json.SubscriptionImported),
        new("drift_found", Json.DriftFound),
        new("drift_healed", Json.DriftHealed),
        new("schedule_set", Json.ScheduleSet),
        new("schedule_paused", Json.SchedulePaused),
        new("pause_terms_set", Json.PauseTermsSet),
        new("schedule_resumed", Json.ScheduleResumed),
        new("schedule_suspended", Json.ScheduleSuspended),
        new("schedule_change_planned", Json.ScheduleChangePlanned),
        new("planned_change_cancelled", Json.PlannedChangeCancelled),
        new("period_skipped", Json.PeriodSkipped),
        new("period_reinstated", Json.PeriodReinstated),
        new("due_time_set", Json.DueTimeSet),
        new("charge_requested", Json.ChargeRequested),
        new("charge_found_at_gateway", Json.ChargeFoundAtGateway),
        new("charge_resent", Json.ChargeResent),
        new("charge_stopped", Json.ChargeStopped),
        new("charge_deferred", Json.ChargeDeferred),
        new("charge_skipped", Json.ChargeSkipped),
        new("payment_pending", Json.PaymentPending),
        new("payment_charged", Json.PaymentCharged),
        new("payment_failed", Json.PaymentFailed),
        new("payment_outcome_unknown", Json.PaymentOutcomeUnknown),
        new("retry_scheduled", Json.RetryScheduled),
        new("retries_exhausted", Json.RetriesExhausted),
        new("dunning_ended", Json.DunningEnded),
        new("period_paid_twice", Json.PeriodPaidTwice),
        new("outcome_set_by_operator", Json.OutcomeSetByOperator),
        new("refund_requested", Json.RefundRequested),
        new("refund_accepted", Json.RefundAccepted),
        new("refund_outcome_unknown", Json.RefundOutcomeUnknown),
        new("refund_not_sent", Json.RefundNotSent),
        new("refund_resent", Json.RefundResent),
        new("payment_refunded", Json.PaymentRefunded),
        new("refund_failed", Json.RefundFailed),
        new("refund_set_by_operator", Json.RefundSetByOperator),
        new("payment_reversed", Json.PaymentReversed),
        new("dispute_reported", Json.DisputeReported),
        new("payment_disputed", Json.PaymentDisputed),
        new("dispute_won", Json.DisputeWon),
        new("dispute_lost", Json.DisputeLost),
        new("payment_charged_back", Json.PaymentChargedBack),
    ];

    private static IEnumerable<JsonConverter> Words =>
    [
        new JsonStringEnumConverter<LearntFrom>(),
        new JsonStringEnumConverter<ChargeOrigin>(),
        new JsonStringEnumConverter<MoneyState>(),
        new JsonStringEnumConverter<PostPaymentFact>(),
        new JsonStringEnumConverter<RefundState>(),
        new JsonStringEnumConverter<ClosedBy>(),
        new JsonStringEnumConverter<MandateOperation>(),
        new JsonStringEnumConverter<MandateOutcome>(),
        new JsonStringEnumConverter<PreapprovalStatus>(),
        new JsonStringEnumConverter<OutboundOperation>(),
        new JsonStringEnumConverter<OutboundState>(),
        new JsonStringEnumConverter<ScheduleUnit>(),
        new JsonStringEnumConverter<CatchUp>(),
        new JsonStringEnumConverter<AfterRetries>(),
        new JsonStringEnumConverter<PauseKind>(),
    ];
}

/// <summary>PascalCase, enums as strings, ISO times, plain BCL types.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
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
[JsonSerializable(typeof(MandateCallResent))]
[JsonSerializable(typeof(MandateCallNotSent))]
[JsonSerializable(typeof(MandateSetByOperator))]
[JsonSerializable(typeof(CustomerForgotten))]
[JsonSerializable(typeof(RecoveredFromGateway))]
[JsonSerializable(typeof(SubscriptionImported))]
[JsonSerializable(typeof(DriftFound))]
[JsonSerializable(typeof(DriftHealed))]
[JsonSerializable(typeof(ScheduleSet))]
[JsonSerializable(typeof(SchedulePaused))]
[JsonSerializable(typeof(PauseTermsSet))]
[JsonSerializable(typeof(ScheduleResumed))]
[JsonSerializable(typeof(ScheduleSuspended))]
[JsonSerializable(typeof(ScheduleChangePlanned))]
[JsonSerializable(typeof(PlannedChangeCancelled))]
[JsonSerializable(typeof(PeriodSkipped))]
[JsonSerializable(typeof(PeriodReinstated))]
[JsonSerializable(typeof(DueTimeSet))]
[JsonSerializable(typeof(ChargeRequested))]
[JsonSerializable(typeof(ChargeFoundAtGateway))]
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
[JsonSerializable(typeof(DunningEnded))]
[JsonSerializable(typeof(PeriodPaidTwice))]
[JsonSerializable(typeof(OutcomeSetByOperator))]
[JsonSerializable(typeof(RefundRequested))]
[JsonSerializable(typeof(RefundAccepted))]
[JsonSerializable(typeof(RefundOutcomeUnknown))]
[JsonSerializable(typeof(RefundNotSent))]
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
[JsonSerializable(typeof(Preapproval))]
[JsonSerializable(typeof(Charge))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Customer))]
[JsonSerializable(typeof(Address))]
[JsonSerializable(typeof(RefundPersonal))]
[JsonSerializable(typeof(IReadOnlyList<Difference>))]
internal sealed partial class StoredEventsJson : JsonSerializerContext;

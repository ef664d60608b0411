using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Audit;

/// <summary>The first of the two times of an event: when it happened, by the business clock. The second is when it was recorded.</summary>
public static class BusinessTime
{
    /// <summary>What the event itself says; one line per event, so that a new one cannot be forgotten silently.</summary>
    public static DateTimeOffset Of(PreapprovalEvent @event) => @event switch
    {
        PreapprovalRequested e => e.RequestedAt,
        PreapprovalRegistered e => e.RegisteredAt,
        PreapprovalRefused e => e.RefusedAt,
        PreapprovalAbandoned e => e.AbandonedAt,
        PreapprovalOpened e => e.OpenedAt,
        ChangeRequested e => e.RequestedAt,
        PreapprovalChanged e => e.ChangedAt,
        ChangeFailed e => e.FailedAt,
        CloseRequested e => e.RequestedAt,
        CloseFailed e => e.FailedAt,
        PreapprovalClosed e => e.ClosedAt,
        MandateOutcomeUnknown e => e.SeenAt,
        CustomerForgotten e => e.ForgottenAt,
        RecoveredFromGateway e => e.RecoveredAt,
        DriftFound e => e.FoundAt,
        DriftHealed e => e.HealedAt,

        ScheduleSet e => e.SetAt,
        SchedulePaused e => e.PausedAt,
        ScheduleResumed e => e.ResumedAt,
        PeriodSkipped e => e.SkippedAt,
        PeriodReinstated e => e.ReinstatedAt,
        DueTimeSet e => e.SetAt,

        ChargeRequested e => e.RequestedAt,
        ChargeResent e => e.ResentAt,
        ChargeStopped e => e.StoppedAt,
        ChargeDeferred e => e.DeferredAt,
        ChargeSkipped e => e.SkippedAt,
        PaymentPending e => e.PendingSince,
        PaymentCharged e => e.ChargedAt,
        PaymentFailed e => e.FailedAt,
        PaymentOutcomeUnknown e => e.SeenAt,
        RetryScheduled e => e.ScheduledAt,
        RetriesExhausted e => e.ExhaustedAt,
        PeriodPaidTwice e => e.FoundAt,
        OutcomeSetByOperator e => e.SetAt,

        RefundRequested e => e.RequestedAt,
        PaymentRefunded e => e.RefundedAt,
        RefundAccepted e => e.AcceptedAt,
        RefundOutcomeUnknown e => e.SeenAt,
        RefundResent e => e.ResentAt,
        RefundFailed e => e.FailedAt,
        RefundSetByOperator e => e.SetAt,
        DisputeReported e => e.ReportedAt,
        PaymentReversed e => e.ReversedAt,
        PaymentDisputed e => e.DisputedAt,
        DisputeWon e => e.WonAt,
        DisputeLost e => e.LostAt,
        PaymentChargedBack e => e.ChargedBackAt,

        _ => throw new InvalidOperationException($"{@event.GetType().Name} does not say when it happened."),
    };

    /// <summary>The events of a stream that had happened by an instant, in order.</summary>
    /// <remarks>
    /// Always the beginning of the stream: an event cannot have happened before those that it rests on, also where the clocks of two nodes
    /// disagree, and only a beginning can be folded.
    /// </remarks>
    public static IReadOnlyList<Recorded> Until(DateTimeOffset asOf, IReadOnlyList<Recorded> stream) =>
        [.. stream.TakeWhile(recorded => Of((PreapprovalEvent)recorded.Data) <= asOf)];
}

using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>One sentence for each kind of event; nothing personal is in it.</summary>
public static class Narration
{
    public static string Of(Happened one) => one.Event switch
    {
        PreapprovalRequested e => $"The preapproval was asked for at {Say.At(e.RequestedAt)}{Say.By(one.By)}.",
        PreapprovalRegistered e => $"The gateway has it under id {e.Gateway.PreapprovalId}, as we learnt at {Say.At(e.RegisteredAt)} {Say.Learnt(e.LearntFrom)}.",
        PreapprovalRefused e => $"The gateway refused to create it at {Say.At(e.RefusedAt)} with code {e.Code}.",
        PreapprovalAbandoned e => $"The customer had not approved by {Say.At(e.AbandonedAt)}: it was given up.",
        PreapprovalOpened e => $"The customer approved; we learnt it at {Say.At(e.OpenedAt)} {Say.Learnt(e.LearntFrom)}.",
        PreapprovalChanged e => $"A change took effect at {Say.At(e.ChangedAt)}.",
        CloseRequested e => $"The close was asked for at {Say.At(e.RequestedAt)}{Say.By(one.By)}.",
        PreapprovalClosed e => $"It was closed by the {e.By.ToString().ToLowerInvariant()}; we learnt it at {Say.At(e.ClosedAt)} {Say.Learnt(e.LearntFrom)}.",

        ScheduleSet e => $"Revision {e.Schedule.Revision} of the schedule was set at {Say.At(e.SetAt)}: {Say.Amount(e.Schedule.Amount)} from {Say.Day(e.Schedule.FirstDueOn)} on.",
        SchedulePaused e => $"The schedule was paused at {Say.At(e.PausedAt)}{Say.By(one.By)}.",
        ScheduleResumed e => $"The schedule was resumed at {Say.At(e.ResumedAt)}{Say.By(one.By)}.",
        PeriodSkipped e => $"The period due on {Say.Day(e.Period.DueOn)} was skipped at {Say.At(e.SkippedAt)}{Say.By(one.By)}.",
        PeriodReinstated e => $"The skip of {Say.Day(e.Period.DueOn)} was taken back at {Say.At(e.ReinstatedAt)}{Say.By(one.By)}.",

        ChargeRequested e => $"Attempt {e.Charge.Attempt} was decided at {Say.At(e.RequestedAt)}, before the gateway was called.",
        ChargeResent e => $"The gateway did not know it, so that the same id was sent again at {Say.At(e.ResentAt)}.",
        ChargeStopped e => $"It was stopped at {Say.At(e.StoppedAt)}: {Say.Words(e.Reason)}.",
        ChargeDeferred e => $"Attempt {e.Attempt} at {Say.Day(e.Period.DueOn)} was deferred at {Say.At(e.DeferredAt)} because charge {e.BlockedBy} was in flight.",
        ChargeSkipped e => $"The period due on {Say.Day(e.Period.DueOn)} was let go at {Say.At(e.SkippedAt)}: {Say.Words(e.Reason)}.",
        PaymentPending e => $"The provider had not decided at {Say.At(e.PendingSince)}: {Say.Next(e.NextLookUpAt, e.Owner)}.",
        PaymentCharged e => $"The money was taken; we learnt it at {Say.At(e.ChargedAt)} {Say.Learnt(e.LearntFrom)}.",
        PaymentFailed e => $"It failed ({Say.Words(e.Reason)}{(e.Gateway?.Code is { } code ? $", code {code}" : "")}); we learnt it at {Say.At(e.FailedAt)} {Say.Learnt(e.LearntFrom)}.",
        PaymentOutcomeUnknown e => $"Its outcome was unknown at {Say.At(e.SeenAt)} ({Say.Words(e.Symptom)}, looked up {e.LookUps} times): {Say.Next(e.NextLookUpAt, e.Owner)}.",
        RetryScheduled e => $"Attempt {e.Attempt} was scheduled for {Say.At(e.DueAt)} by version {e.PolicyVersion} of the retry policy.",
        RetriesExhausted e => $"No further attempt follows after attempt {e.Attempts} at {Say.Day(e.Period.DueOn)}: {Say.Words(e.Reason)}.",
        PeriodPaidTwice e => $"The period due on {Say.Day(e.Period.DueOn)} was paid twice, by {e.FirstCharge} and {e.SecondCharge}: {e.Owner} has to pay one back.",
        OutcomeSetByOperator e => $"{e.By} set it to {e.State.ToString().ToLowerInvariant()} at {Say.At(e.SetAt)}.",

        PaymentRefunded e => $"{Say.Amount(e.Refunded)} went back to the customer; we learnt it at {Say.At(e.RefundedAt)} {Say.Learnt(e.LearntFrom)}.",
        RefundResent e => $"The gateway had not received the refund, so that the same one was sent again at {Say.At(e.ResentAt)}.",
        RefundSetByOperator e => $"The refund of {Say.Amount(e.Amount)} counts as {e.State.ToString().ToLowerInvariant()} since {Say.At(e.SetAt)} on the word of {e.By}, until the gateway says otherwise.",
        DisputeReported e => $"Dispute {e.DisputeId} claims {Say.Amount(e.Claimed)}; we learnt it at {Say.At(e.ReportedAt)} {Say.Learnt(e.LearntFrom)}.",
        PaymentReversed e => $"The payment was reversed: the money went back; we learnt it at {Say.At(e.ReversedAt)} {Say.Learnt(e.LearntFrom)}.",
        PaymentDisputed e => $"The customer disputed it; we learnt it at {Say.At(e.DisputedAt)} {Say.Learnt(e.LearntFrom)}.",
        DisputeWon e => $"The dispute was won at {Say.At(e.WonAt)}.",
        DisputeLost e => $"The dispute was lost at {Say.At(e.LostAt)}.",
        PaymentChargedBack e => $"It was charged back; we learnt it at {Say.At(e.ChargedBackAt)} {Say.Learnt(e.LearntFrom)}.",

        _ => $"At {Say.At(one.HappenedAt)}: {Say.Words(one.Type)}{Say.By(one.By)}.",
    };
}

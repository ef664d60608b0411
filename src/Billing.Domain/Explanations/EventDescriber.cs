using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Explanations;

/// <summary>One sentence for each kind of event; nothing personal is in it.</summary>
public static class EventDescriber
{
    public static string Of(TimelineEvent one)
    {
        var (at, by) = (Text.At(one.HappenedAt), Text.By(one.By));

        return one.Event switch
        {
            PreapprovalRequested => $"The preapproval was asked for at {at}{by}.",
            PreapprovalRegistered e =>
                $"The gateway has it under id {e.Gateway.PreapprovalId}, as we learnt at {at} "
                + $"{Text.Learnt(e.LearntFrom)}.",
            PreapprovalRefused { Code: PreapprovalDecider.SetByOperator } =>
                $"It was not created at the gateway, as an operator decided at {at}.",
            PreapprovalRefused e => $"It was not created at the gateway: refused at {at} with code {e.Code}.",
            PreapprovalAbandoned => $"The customer had not approved by {at}: it was given up.",
            PreapprovalOpened e => $"The customer approved; we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
            PreapprovalChanged => $"A change took effect at {at}.",
            CloseRequested { Reason: PreapprovalDecider.Dunning } =>
                $"The close was asked for at {at}, because a period stayed unpaid when its retries had ended.",
            CloseRequested => $"The close was asked for at {at}{by}.",
            PreapprovalClosed e =>
                $"It was closed by the {Text.Word(e.By)}; we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
            MandateCallResent e =>
                $"The {Text.Word(e.Operation)} was sent again at {at}, because the gateway did not show it.",
            MandateSetByOperator e =>
                $"{e.By} settled the {Text.Word(e.Operation)} at {at}: it counts as {Text.Word(e.Outcome)}.",
            MandateCallNotSent e =>
                $"The {Text.Word(e.Operation)} was not sent at {at} ({Text.Words(e.Symptom)}); it is sent from "
                + $"{Text.At(e.SendAgainAt)} on.",

            SubscriptionImported { PastCharges: 0 } e =>
                $"It was imported at {at}{by} with row {e.Row} of import {e.ImportId}, without earlier charges.",
            SubscriptionImported e =>
                $"It was imported at {at}{by} with row {e.Row} of import {e.ImportId}; {e.PastCharges} charges of "
                + $"{Text.Amount(e.PastAmount)} together were made before, in another system.",
            ScheduleSet e =>
                $"Revision {e.Schedule.Revision} of the schedule was set at {at}: {Text.Amount(e.Schedule.Amount)} "
                + $"from {Text.Day(e.Schedule.FirstDueOn)} on.",
            SchedulePaused => $"The schedule was paused at {at}{by}.",
            PauseTermsSet e =>
                $"The pause lasts until {(e.Until is { } day ? Text.Day(day) : "the schedule is resumed")}, as was set "
                + $"at {at}{by}; what falls due in it is {(e.IsCollected ? "charged when it ends" : "skipped")}.",
            ScheduleChangePlanned e =>
                $"Revision {e.Schedule.Revision} of the schedule was planned at {at}{by}: "
                + $"{Text.Amount(e.Schedule.Amount)} for what is due on {Text.Day(e.EffectiveOn)} or later.",
            PlannedChangeCancelled e =>
                $"The planned revision {e.ScheduleRevision} of the schedule was given up at {at}{by}: "
                + $"{Text.Words(e.Reason)}.",
            ScheduleResumed => $"The schedule was resumed at {at}{by}.",
            ScheduleSuspended e =>
                $"Charging was suspended at {at} ({Text.Words(e.Reason)}) until {e.Owner} "
                + "resumes the schedule or the preapproval is changed.",
            PeriodSkipped e => $"The period due on {Text.Day(e.Period.DueOn)} was skipped at {at}{by}.",
            PeriodReinstated e => $"The skip of {Text.Day(e.Period.DueOn)} was taken back at {at}{by}.",

            ChargeFoundAtGateway => $"It was found at the gateway at {at}{by}: no record of it was left here.",
            ChargeRequested e => $"Attempt {e.Charge.Attempt} was decided at {at}, before the gateway was called.",
            ChargeResent => $"The gateway did not have it, so the same id was sent again at {at}.",
            ChargeStopped { SendAgainAt: { } again } e =>
                $"It was not sent at {at} ({Text.Words(e.Symptom ?? e.Reason)}); it is sent from {Text.At(again)} on.",
            ChargeStopped e => $"It was stopped at {at}: {Text.Words(e.Reason)}.",
            ChargeDeferred e =>
                $"Attempt {e.Attempt} at {Text.Day(e.Period.DueOn)} was deferred at {at} "
                + $"because charge {e.BlockedBy} was in flight.",
            ChargeSkipped e =>
                $"The period due on {Text.Day(e.Period.DueOn)} was skipped at {at}: {Text.Words(e.Reason)}.",
            RetryScheduled e =>
                $"Attempt {e.Attempt} was scheduled for {Text.At(e.DueAt)} by version "
                + $"{e.PolicyVersion} of the retry policy.",
            RetriesExhausted e =>
                $"No further attempt follows after attempt {e.Attempts} of the period due on "
                + $"{Text.Day(e.Period.DueOn)}: {Text.Words(e.Reason)}.",
            DunningEnded e =>
                $"{Text.Amount(e.Amount)} of {Text.Day(e.Period.DueOn)} stayed unpaid after attempt {e.Attempts}: "
                + $"{After(e.Action)}.",
            PeriodPaidTwice e =>
                $"The period due on {Text.Day(e.Period.DueOn)} was paid twice, by {e.FirstCharge} and "
                + $"{e.SecondCharge}: {e.Owner} has to pay one back.",
            OutcomeSetByOperator e => $"{e.By} set it to {Text.Word(e.State)} at {at}.",
            PaymentPending e => $"The provider had not decided at {at}: {Text.Next(e.NextLookUpAt, e.Owner)}.",
            PaymentCharged e => $"The money was taken; we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
            PaymentFailed e =>
                $"It failed ({Text.Words(e.Reason)}{(e.Gateway?.Code is { } code ? $", code {code}" : "")}); we learnt "
                + $"it at {at} {Text.Learnt(e.LearntFrom)}.",
            PaymentOutcomeUnknown e =>
                $"Its outcome was unknown at {at} ({Text.Words(e.Symptom)}, looked up {e.LookUps} times): "
                + $"{Text.Next(e.NextLookUpAt, e.Owner)}.",

            _ => PostPayment(one, at) ?? OfRefund(one, at, by) ?? $"At {at}: {Text.Words(one.Type)}{by}.",
        };
    }

    private static string After(AfterRetries action) => action switch
    {
        AfterRetries.Suspend => "charging is suspended",
        AfterRetries.Close => "the preapproval is to be closed",
        _ => "charging goes on with the next period",
    };

    private static string? PostPayment(TimelineEvent one, string at) => one.Event switch
    {
        PaymentRefunded e =>
            $"{Text.Amount(e.Refunded)} went back to the customer{Under(e.RefundId)}; "
                + $"we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
        DisputeReported e =>
            $"Dispute {e.DisputeId} claims {Text.Amount(e.Claimed)}; we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
        PaymentReversed e =>
            $"The payment was reversed: the money went back; we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
        PaymentDisputed e =>
            $"The customer disputed it{Dispute(e.DisputeId)}; we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
        DisputeWon e => $"The dispute{Dispute(e.DisputeId)} was won at {at}.",
        DisputeLost e => $"The dispute{Dispute(e.DisputeId)} was lost at {at}.",
        PaymentChargedBack e => $"It was charged back; we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
        _ => null,
    };

    // A charge may have several refunds, also of one amount at one moment: each sentence names its own.
    private static string? OfRefund(TimelineEvent one, string at, string by) => one.Event switch
    {
        RefundRequested e => $"{Refund(e.RefundReference, e.Amount)} was asked for at {at}{by}.",
        RefundAccepted e =>
            $"The gateway has a refund of {Text.Amount(e.Amount)}{Under(e.RefundId)}, "
                + $"as we learnt at {at} {Text.Learnt(e.LearntFrom)}.",
        RefundOutcomeUnknown e =>
            $"The outcome of {Refund(e.RefundReference, e.Amount)} was unknown at {at} "
                + $"({Text.Words(e.Symptom)}): {Text.Next(e.NextLookUpAt, e.Owner)}.",
        RefundNotSent e =>
            $"{Refund(e.RefundReference, e.Amount)} was not sent at {at} ({Text.Words(e.Symptom)}); "
                + $"it is sent from {Text.At(e.SendAgainAt)} on.",
        RefundResent e => $"Refund {e.RefundReference}, which had not been sent, was sent at {at}.",
        RefundFailed e =>
            $"{Refund(e.RefundReference, e.Amount)}{Under(e.RefundId)} failed{Code(e.Code)}; "
                + $"we learnt it at {at} {Text.Learnt(e.LearntFrom)}.",
        RefundSetByOperator e =>
            $"{Refund(e.RefundReference, e.Amount)} counts as {Text.Word(e.State)} since {at} "
                + $"by a decision of {e.By}, until the gateway says otherwise.",
        _ => null,
    };

    private static string Refund(string? reference, Money amount) =>
        $"{(reference is null ? "A refund" : $"Refund {reference}")} of {Text.Amount(amount)}";

    private static string Code(string? code) => code is null ? "" : $" (code {code})";

    private static string Under(int? refundId) => refundId is { } id ? $" (Refund.ID {id})" : "";

    private static string Dispute(int? disputeId) => disputeId is { } id ? $" (Dispute.ID {id})" : "";
}

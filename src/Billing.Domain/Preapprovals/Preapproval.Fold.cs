using System.Collections.Immutable;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public sealed partial record Preapproval
{
    /// <summary>Every event of the stream, in lifecycle order. The only dispatcher: no reflection.</summary>
    /// <exception cref="InvalidOperationException">
    /// The event cannot follow: in an audited system a stream that does not fold is a finding.
    /// </exception>
    public static Preapproval Fold(Preapproval? state, PreapprovalEvent @event)
    {
        var known = @event is IChargeEvent { Charge.MerchantTransactionId: var id }
            ? state?.Charges.GetValueOrDefault(id)?.State
            : null;

        return Next(state?.At(@event.HappenedAt), @event)
            .WithArrears(@event, hadFailed: known is MoneyState.Failed)
            .WithUse(@event, known);
    }

    private static Preapproval Next(Preapproval? state, PreapprovalEvent @event) => (state, @event) switch
    {
        (null, PreapprovalRequested e) => Begin(e),
        (null, RecoveredFromGateway e) => Begin(e),

        ({ } s, PreapprovalRegistered e) => s.After(e),
        ({ } s, PreapprovalRefused e) =>
            s.Refused(MandateOperation.Create, e.Code, e.ReasonText) with { Status = PreapprovalStatus.Refused },
        ({ } s, PreapprovalAbandoned) => s with { Status = PreapprovalStatus.Abandoned },
        ({ } s, PreapprovalOpened e) => s.After(e),
        ({ } s, ChangeRequested e) => s.After(e),
        ({ } s, PreapprovalChanged e) => s.After(e),
        ({ } s, ChangeFailed e) => s.Refused(MandateOperation.Change, e.Code, e.ReasonText),
        ({ } s, CloseRequested e) => s.After(e),
        ({ } s, CloseFailed e) => s.After(e),
        ({ } s, PreapprovalClosed e) => s.After(e),
        ({ } s, MandateOutcomeUnknown e) =>
            s.WithCall(e.Operation, call => call.Unclear(e.Symptom, e.LookUps, e.NextLookUpAt, e.Owner, e.HappenedAt)),
        ({ } s, MandateCallResent e) => s.WithCall(e.Operation, call => call.Again(e.HappenedAt, e.WindowStart)),
        ({ } s, MandateCallNotSent e) => s.WithCall(e.Operation, call => call.NotSent(e.Symptom, e.SendAgainAt)),
        ({ } s, MandateSetByOperator) => s,
        ({ } s, CustomerForgotten) => s with { IsForgotten = true, Personal = null },
        ({ } s, DriftFound e) => s.WithDuplicates(e) with
        {
            Drift = s.Drift.Union(e.Fields),
            DriftSince = s.DriftSince ?? e.HappenedAt,
        },
        ({ } s, DriftHealed e) => s.WithoutDrift(e.Fields),

        ({ } s, SubscriptionImported e) => s.After(e),
        ({ } s, ScheduleSet e) => s.After(e),
        ({ } s, DueTimeSet e) =>
            s with
            {
                Schedule = s.Schedule is null ? null : s.Schedule with { DueTime = new(e.MillisecondOfDay, e.After) }
            },
        ({ } s, SchedulePaused e) => s with { Pauses = s.Pauses.Add(new(PauseKind.Paused, e.HappenedAt, null)) },
        ({ } s, ScheduleSuspended e) => s with
        {
            Pauses = s.Pauses.Add(new(PauseKind.Suspended, e.HappenedAt, null)),
            Suspension = new(e.Reason, e.Owner, e.HappenedAt),
        },
        ({ } s, PauseTermsSet e) => s with
        {
            Pauses = s.Pauses.ConvertAll(pause => pause.Kind is PauseKind.Paused && pause.IsInForceAt(e.HappenedAt)
                ? pause with { EndsAt = e.EndsAt, IsCollected = e.IsCollected }
                : pause),
        },
        ({ } s, ScheduleChangePlanned e) => s with
        {
            Planned = new(
                e.Schedule with { DueTime = s.Schedule?.DueTime }, e.EffectiveOn, e.EffectiveAt, e.PriceChange),
        },
        ({ } s, PlannedChangeCancelled e) => s with { Planned = null, CancelledRevision = e.ScheduleRevision },
        ({ } s, ScheduleResumed e) => s with
        {
            Pauses = s.Pauses.ConvertAll(
                pause => pause.IsInForceAt(e.HappenedAt) ? pause with { Until = e.HappenedAt } : pause),
            Suspension = null,
            SuspensionEndedAt = s.Suspension is null ? s.SuspensionEndedAt : e.HappenedAt,
        },
        ({ } s, PeriodSkipped e) => s with { Skipped = s.Skipped.Add(e.Period.DueOn) },
        ({ } s, PeriodReinstated e) => s with { Skipped = s.Skipped.Remove(e.Period.DueOn) },

        ({ } s, ChargeRequested e) =>
            s.WithCharge(e).AfterFirst(e, usesPeriod: e.Charge is { Period: not null, Attempt: 1 }),
        ({ } s, ChargeFoundAtGateway e) => s.WithCharge(e).AfterFirst(e, e.UsesPeriod),
        ({ } s, ChargeStopped { SendAgainAt: null } e) =>
            s.WithCharge(e).Ended(e.Charge.Period, e.Charge.Attempt, e.Reason).Unused(e, s),
        ({ } s, ChargeDeferred e) =>
            s with { Deferred = s.Deferred.SetItem(e.Period.DueOn, new(e.Period, e.Attempt, e.BlockedBy)) },
        ({ } s, ChargeSkipped e) => s.Decided(e.Period),
        ({ } s, RetryScheduled e) =>
            s with { Retries = s.Retries.SetItem(e.Period.DueOn, new(e.Period, e.Attempt, e.DueAt)) },
        ({ } s, RetriesExhausted e) =>
            (s with { Retries = s.Retries.Remove(e.Period.DueOn) }).Ended(e.Period, e.Attempts, e.Reason),
        ({ } s, DunningEnded or PeriodPaidTwice) => s,
        ({ } s, RefundRequested e) => s.WithCharge(e) with
        {
            RefundReferences = s.RefundReferences.SetItem(e.RefundReference, e.Charge.MerchantTransactionId),
        },
        ({ } s, IChargeEvent e) => s.WithCharge(e).WithTrouble(e),

        _ =>
            throw new InvalidOperationException(
                $"{@event.GetType().Name} cannot follow {state?.Status.ToString() ?? "nothing"}."),
    };

    private static Preapproval Begin(PreapprovalRequested e) => new(
        e.PreapprovalId, PreapprovalStatus.Requested, e.Terms, e.HappenedAt)
    {
        Personal = e.Personal,
        AskedSchedule = e.Schedule,
        Unsettled = Unsettled.Begun(
            MandateOperation.Create, e.Terms, e.Personal, e.Schedule, e.HappenedAt, e.WindowStart),
    };

    // What the gateway shows of its status decides at once: there is no notification to wait for.
    private static Preapproval Begin(RecoveredFromGateway e) => new(
        e.PreapprovalId, PreapprovalStatus.Pending, e.Terms, e.HappenedAt)
    {
        Gateway = e.Gateway,
        Personal = e.Personal,
        CreateAnswered = true,
    };

    // What another system has charged is no charge of this stream, and counts towards the cap as if it were.
    private Preapproval After(SubscriptionImported e)
    {
        var next = this with { Imported = new(e.ImportId, e.Row, e.PastCharges, e.PastAmount, e.HappenedAt) };

        return e.PastAmount.Minor == 0 ? next : next.WithTotal(e.PastAmount, 1);
    }

    private Preapproval AfterFirst(IFirstChargeEvent e, bool usesPeriod) => (e.Charge.Period is { } period
        ? Decided(period) with { Retries = Retries.Remove(period.DueOn) }
        : this) with
    {
        ChargeCount = ChargeCount + 1,
        PeriodsUsed = PeriodsUsed + (usesPeriod ? 1 : 0),
    };

    private Preapproval After(ScheduleSet e) => this with
    {
        Superseded = Schedule is { } replaced ? Superseded.Add(new(replaced, e.HappenedAt)) : Superseded,
        Schedule = e.Schedule with { InForceSince = Schedule is null ? null : e.HappenedAt },
    };

    // A suspension that came before the first attempt was sent has used up none of the plan's periods. One of unknown
    // outcome may yet turn out to be charged.
    private Preapproval Unused(ChargeStopped e, Preapproval before) =>
        e is { Reason: PreapprovalDecider.Suspended, Charge: { Period: not null, Attempt: 1 } }
            && before.Charges.GetValueOrDefault(e.Charge.MerchantTransactionId)
                is { State: MoneyState.Requested, Sends: 1 }
            ? this with { PeriodsUsed = PeriodsUsed - 1 }
            : this;

    private Preapproval WithCharge(IChargeEvent e) => this with
    {
        Charges = Charges.SetItem(
            e.Charge.MerchantTransactionId, Charge.Fold(Charges.GetValueOrDefault(e.Charge.MerchantTransactionId), e)),
    };

    private Preapproval WithoutDrift(IReadOnlyList<string> fields)
    {
        var left = Drift.Except(fields);

        return this with { Drift = left, DriftSince = left.IsEmpty ? null : DriftSince };
    }

    private Preapproval WithDuplicates(DriftFound e) => this with
    {
        Charges = Charges.SetItems(
            from id in Charge.DuplicatesOf(e)
            where Charges.ContainsKey(id)
            select KeyValuePair.Create(id, Charges[id] with { IsDuplicate = true })),
    };

    private Preapproval Ended(Period? period, int attempt, string reason) =>
        period is { DueOn: var dueOn } && Status is PreapprovalStatus.Closing && reason is ("closing" or "not_open")
            ? this with
            {
                EndedByClose = EndedByClose.SetItem(dueOn, Math.Max(attempt, EndedByClose.GetValueOrDefault(dueOn)))
            }
            : this;

    private Preapproval Decided(Period period) => this with
    {
        LastDecided = LastDecided is { } last && last > period.DueOn ? last : period.DueOn,
        Deferred = Deferred.Remove(period.DueOn),
    };
}

using System.Collections.Immutable;

namespace Billing.Domain.Preapprovals;

public sealed partial record Preapproval
{
    /// <summary>Every event of the stream, in lifecycle order. The only dispatcher: no reflection.</summary>
    /// <exception cref="InvalidOperationException">The event cannot follow: in an audited system a stream that does not fold is a finding, not noise.</exception>
    public static Preapproval Evolve(Preapproval? state, PreapprovalEvent @event) => (state, @event) switch
    {
        (null, PreapprovalRequested e) => Create(e),
        (null, RecoveredFromGateway e) => Create(e),

        ({ } s, PreapprovalRegistered e) => s.Apply(e),
        ({ } s, PreapprovalRefused e) => s with { Status = PreapprovalStatus.Refused, Unsettled = null, LastRefusal = new(MandateOperation.Create, e.Code, e.ReasonText) },
        ({ } s, PreapprovalAbandoned) => s with { Status = PreapprovalStatus.Abandoned },
        ({ } s, PreapprovalOpened e) => s.Apply(e),
        ({ } s, ChangeRequested e) => s with { Unsettled = new(MandateOperation.Change, e.Terms, e.Personal, e.Schedule, e.RequestedAt), LastRefusal = null },
        ({ } s, PreapprovalChanged e) => s.Apply(e),
        ({ } s, ChangeFailed e) => s with { Unsettled = null, LastRefusal = new(MandateOperation.Change, e.Code, e.ReasonText) },
        ({ } s, CloseRequested e) => s with { Status = PreapprovalStatus.Closing, Unsettled = new(MandateOperation.Close, null, null, null, e.RequestedAt), LastRefusal = null },
        ({ } s, CloseFailed e) => s with { Status = s.StatusBeforeClosing, EndedByClose = ImmutableDictionary<Period, int>.Empty, Unsettled = null, LastRefusal = new(MandateOperation.Close, e.Code, e.ReasonText) },
        ({ } s, PreapprovalClosed e) => s.Apply(e),
        ({ } s, MandateOutcomeUnknown e) => s.Apply(e),
        ({ } s, CustomerForgotten) => s with { IsForgotten = true, Personal = null },
        ({ } s, DriftFound e) => s with { Drift = s.Drift.Union(e.Fields) },
        ({ } s, DriftHealed e) => s with { Drift = s.Drift.Except(e.Fields) },

        ({ } s, ScheduleSet e) => s with { Schedule = e.Schedule },
        ({ } s, DueTimeSet e) => s with { Schedule = s.Schedule is null ? null : s.Schedule with { DueTime = new(e.MillisecondOfDay, e.After) } },
        ({ } s, SchedulePaused) => s with { IsPaused = true },
        ({ } s, ScheduleResumed) => s with { IsPaused = false },
        ({ } s, PeriodSkipped e) => s with { Skipped = s.Skipped.Add(e.Period.DueOn) },
        ({ } s, PeriodReinstated e) => s with { Skipped = s.Skipped.Remove(e.Period.DueOn) },

        ({ } s, ChargeRequested e) => s.Apply(e),
        ({ } s, ChargeResent e) => s.Know(e.Charge, charge => charge with { State = MoneyState.Requested, LookUps = 0, UnknownSince = null, ClaimedAt = null, Resent = charge.Resent + 1 }),
        ({ } s, ChargeStopped e) => s.Know(e.Charge, charge => charge with { State = MoneyState.Stopped }).Ended(e.Charge.Period, e.Charge.Attempt, e.Reason),
        ({ } s, ChargeDeferred e) => s with { Deferred = s.Deferred.SetItem(e.Period, new(e.Period, e.Attempt, e.BlockedBy)) },
        ({ } s, ChargeSkipped e) => s.Decided(e.Period),
        ({ } s, PaymentOutcomeUnknown e) => s.Apply(e),
        ({ } s, PaymentPending e) => s.Settle(e, MoneyState.Pending).Know(e.Charge, charge => charge with { LookUps = e.LookUps, NextLookUpAt = e.NextLookUpAt }),
        ({ } s, PaymentFailed e) => s.Settle(e, MoneyState.Failed).Know(e.Charge, charge => charge with { FailureCode = e.Gateway?.Code, FailureText = e.ReasonText }),
        ({ } s, PaymentCharged e) => s.Settle(e, MoneyState.Charged),
        ({ } s, RetryScheduled e) => s with { Retries = s.Retries.SetItem(e.Period, new(e.Period, e.Attempt, e.DueAt)) },
        ({ } s, RetriesExhausted e) => (s with { Retries = s.Retries.Remove(e.Period) }).Ended(e.Period, e.Attempts, e.Reason),
        ({ } s, PeriodPaidTwice) => s,
        ({ } s, OutcomeSetByOperator e) => s.Know(e.Charge, charge => charge with { State = e.State, Provisional = true }),

        ({ } s, RefundRequested e) => s.Apply(e),
        ({ } s, RefundAccepted e) => s.Apply(e),
        ({ } s, RefundOutcomeUnknown e) => s.Apply(e),
        ({ } s, RefundResent e) => s.KnowRefund(e.Charge, e.RefundReference, default, e.ResentAt, refund => refund.Sent(e.ResentAt)),
        ({ } s, RefundFailed e) => s.Apply(e),
        ({ } s, RefundSetByOperator e) => s.KnowRefund(e.Charge, e.RefundReference, e.Amount, e.SetAt, refund => refund.Settled(e.State, e.SetAt) with { Provisional = true, Symptom = "set_by_operator", LearntFrom = LearntFrom.Operator }),
        ({ } s, PaymentRefunded e) => s.Apply(e),
        ({ } s, PaymentReversed e) => s.After(e, charge => charge.With(AfterSuccess.Reversed)),
        ({ } s, DisputeReported e) => s.Know(e.Charge, charge => charge.Claims(e.DisputeId, e.Claimed)),
        ({ } s, PaymentDisputed e) => s.After(e, charge => charge.With(e.DisputeId, AfterSuccess.Disputed, dispute => dispute with { WasOpened = true })),
        ({ } s, DisputeWon e) => s.After(e, charge => charge.With(e.DisputeId, AfterSuccess.DisputeWon, dispute => dispute with { IsWon = true })),
        ({ } s, DisputeLost e) => s.After(e, charge => charge.With(e.DisputeId, AfterSuccess.DisputeLost, dispute => dispute with { IsLost = true })),
        ({ } s, PaymentChargedBack e) => s.After(e, charge => charge.With(AfterSuccess.ChargedBack)),

        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state?.Status.ToString() ?? "nothing"}"),
    };

    private static Preapproval Create(PreapprovalRequested e) => new(e.PreapprovalId, PreapprovalStatus.Requested, e.Terms, e.RequestedAt)
    {
        Personal = e.Personal,
        AskedSchedule = e.Schedule,
        Unsettled = new(MandateOperation.Create, e.Terms, e.Personal, e.Schedule, e.RequestedAt),
    };

    // What the gateway shows of its status decides at once: there is no notification to wait for.
    private static Preapproval Create(RecoveredFromGateway e) => new(e.PreapprovalId, PreapprovalStatus.Pending, e.Terms, e.RecoveredAt)
    {
        Gateway = e.Gateway,
        Personal = e.Personal,
        CreateAnswered = true,
    };

    private Preapproval Apply(PreapprovalRegistered e) => this with
    {
        Status = Status is PreapprovalStatus.Requested ? PreapprovalStatus.Pending : Status,
        Gateway = WithOurStatus(e.Gateway),
        Terms = Merge(e.Terms),
        Personal = Merge(e.Personal),
        CreateAnswered = CreateAnswered || e.LearntFrom is not LearntFrom.Notification,
        Unsettled = Unsettled?.Operation is MandateOperation.Create ? null : Unsettled,
    };

    private Preapproval Apply(PreapprovalOpened e) => this with
    {
        Status = Status is PreapprovalStatus.Closing ? Status : PreapprovalStatus.Open,
        OpenedAt = OpenedAt ?? e.OpenedAt,
        Gateway = Gateway is null ? null : Gateway with { StatusId = e.StatusId, StatusInfo = e.StatusInfo },
        Personal = Personal is null ? null : Personal with { MandateReference = e.MandateReference ?? Personal.MandateReference },
    };

    private Preapproval Apply(PreapprovalChanged e) => this with
    {
        Gateway = WithOurStatus(e.Gateway),
        Terms = Merge(e.Terms),
        Personal = Merge(e.Personal),
        AskedSchedule = Unsettled?.Schedule ?? AskedSchedule,
        Unsettled = Unsettled?.Operation is MandateOperation.Change ? null : Unsettled,
    };

    private Preapproval Apply(PreapprovalClosed e) => this with
    {
        Status = PreapprovalStatus.Closed,
        ClosedAt = e.ClosedAt,
        ClosedBy = e.By,
        Unsettled = null,
        Gateway = Gateway is null ? null : Gateway with { StatusId = e.StatusId, StatusInfo = e.StatusInfo },
    };

    private Preapproval Apply(MandateOutcomeUnknown e) => this with
    {
        Unsettled = Unsettled is { } u && u.Operation == e.Operation
            ? u with { Symptom = e.Symptom, LookUps = e.LookUps, NextLookUpAt = e.NextLookUpAt, Owner = e.Owner }
            : Unsettled,
    };

    private Preapproval Apply(ChargeRequested e)
    {
        var charge = new Charge(e.Charge, e.Amount, e.Origin, e.ProfileVersion, MoneyState.Requested, e.RequestedAt, Description: e.Description, ExecutionDate: e.ExecutionDate);
        var next = this with { Charges = Charges.Add(e.Charge.MerchantTransactionId, charge), UnsettledCharges = UnsettledCharges.Add(e.Charge.MerchantTransactionId) };

        return e.Charge.Period is { } period ? next.Decided(period) with { Retries = Retries.Remove(period) } : next;
    }

    private Preapproval Apply(PaymentOutcomeUnknown e) => Know(e.Charge, charge => charge with
    {
        State = charge.State is MoneyState.Requested ? MoneyState.Unknown : charge.State,
        Gateway = e.Gateway ?? charge.Gateway,
        LookUps = e.LookUps,
        NextLookUpAt = e.NextLookUpAt,
        UnknownSince = charge.UnknownSince ?? e.SeenAt,
        ClaimedAt = Later(e.ClaimedAt, charge.ClaimedAt),
    });

    private Preapproval Settle(PaymentEvent e, MoneyState state) => Know(e.Charge, charge => charge with
    {
        State = state,
        Gateway = e.Gateway ?? charge.Gateway,
        CapturedAmount = e.CapturedAmount ?? charge.CapturedAmount,
        Provisional = false,
        NextLookUpAt = null,
    });

    private Preapproval Know(ChargeId id, Func<Charge, Charge> change)
    {
        var charge = change(Charges[id.MerchantTransactionId]);

        return this with
        {
            Charges = Charges.SetItem(id.MerchantTransactionId, charge),
            UnsettledCharges = charge.IsUnsettled ? UnsettledCharges.Add(id.MerchantTransactionId) : UnsettledCharges.Remove(id.MerchantTransactionId),
        };
    }

    // A process that claimed first may report last: the fence counts from the latest claim known.
    private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) => left > right || right is null ? left : right;

    private Preapproval Ended(Period? period, int attempt, string reason) => period is { } ended && Status is PreapprovalStatus.Closing && reason is ("closing" or "not_open")
        ? this with { EndedByClose = EndedByClose.SetItem(ended, Math.Max(attempt, EndedByClose.GetValueOrDefault(ended))) }
        : this;

    private Preapproval Decided(Period period) => this with
    {
        LastDecided = LastDecided is { } last && last > period.DueOn ? last : period.DueOn,
        Deferred = Deferred.Remove(period),
    };

    // The status moves by rank, in events of its own: an answer overtaken by a notification must not lower it.
    private GatewayMandate WithOurStatus(GatewayMandate told) =>
        Gateway is { StatusId: { } known } ours ? told with { StatusId = known, StatusInfo = ours.StatusInfo } : told;

    private PreapprovalStatus StatusBeforeClosing => OpenedAt is null ? PreapprovalStatus.Pending : PreapprovalStatus.Open;

    private MandateTerms Merge(MandateTerms told) => told with
    {
        MethodId = told.MethodId == 0 ? Terms.MethodId : told.MethodId,
        MethodOptionId = told.MethodOptionId ?? Terms.MethodOptionId,
        Description = told.Description ?? Terms.Description,
        ReturnUrl = told.ReturnUrl ?? Terms.ReturnUrl,
        Currency = told.Currency ?? Terms.Currency,
        MaximumAmountHundredths = told.MaximumAmountHundredths ?? Terms.MaximumAmountHundredths,
        RecurringPeriod = told.RecurringPeriod ?? Terms.RecurringPeriod,
        ExecutionDate = told.ExecutionDate ?? Terms.ExecutionDate,
    };

    // Null means "not said": an answer that leaves a part out does not take it away.
    private MandatePersonal? Merge(MandatePersonal? told) => (told, Personal) switch
    {
        (null, var known) => known,
        (var news, null) => news,
        var (news, known) => new MandatePersonal(
            news.Customer ?? known.Customer,
            news.BillingAddress ?? known.BillingAddress,
            news.ReturnUrlQuery ?? known.ReturnUrlQuery,
            news.RedirectUrl ?? known.RedirectUrl,
            news.MandateReference ?? known.MandateReference,
            news.Details ?? known.Details),
    };
}

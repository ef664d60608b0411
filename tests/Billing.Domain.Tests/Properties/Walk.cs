using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

/// <summary>A preapproval on a random way through its decisions, the clock moving forward; refused decisions move nothing.</summary>
internal sealed class Walk
{
    private static readonly int[] Hours = [0, 1, 6, 25, 24 * 8, 24 * 40];

    private int lastOrder;

    public Walk(CatchUp catchUp, ScheduleUnit unit, bool isOpen)
    {
        var terms = Monthly with { CatchUp = catchUp, Unit = unit };
        Take([Requested(terms), Registered(), .. isOpen ? [Opened(), Set(terms)] : Array.Empty<PreapprovalEvent>()]);
    }

    private static readonly SiteCalendar Spread = new(SiteZone, ChargeWindow.Parse("06:00-22:00"));

    public Preapproval State { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; } = Noon;

    public List<PreapprovalEvent> History { get; } = [];

    /// <summary>Sees the state before each event and the event.</summary>
    public Action<Preapproval?, PreapprovalEvent> Watch { get; init; } = (_, _) => { };

    public void Go(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            Go(step);
        }
    }

    /// <summary>The gateway answers everything, the sweep runs until nothing is due: what is undecided then was forgotten.</summary>
    public void Finish()
    {
        Take(Resume(State, Now));
        Try(() => RecordChange(State, Told(MandateStatus.Open), true, LearntFrom.LookUp, LookUps, SiteZone, Now));
        Take(RecordClose(State, Told(MandateStatus.Closed), LearntFrom.LookUp, LookUps, Now));

        SettleInFlight();

        for (var turns = 0; State.NextDue is { } due && due.DueAt <= Now; turns++)
        {
            Assert.True(turns < 5000, "The sweep does not come to an end.");
            Take(ChargeDue(State, due.Period, due.Attempt, Now));
            SettleInFlight();
        }
    }

    private void SettleInFlight()
    {
        if (State.InFlight is { } charge)
        {
            Take(RecordOutcome(State, LookUp(charge.Id, Told(PaymentStatus.Charged)), LookUps, Now));
        }
    }

    private void Go(Step step) => Try(() => step.Move switch
    {
        Move.Sweep => Sweep(step),
        Move.Outcome when Charge(step.A) is { } charge => Hear(charge, step.B),
        Move.Wait => WaitFor(Hours[step.A % Hours.Length]),
        Move.PauseOrResume => State.IsPaused ? Resume(State, Now) : Pause(State, Now),
        Move.Skip => SkipPeriod(State, step.A % 2 == 0 ? null : State.NextDue?.Period.DueOn, Now),
        Move.Reinstate => ReinstatePeriod(State, step.A % 2 == 0 ? null : State.Skipped.Order().Cast<DateOnly?>().LastOrDefault(), Now),
        Move.Change => RequestChange(State, Dearer, Personal, Schedules(step), null, Now),
        Move.AnswerChange => RecordChange(State, MandateAnswers(step.B), step.A % 2 == 0, LearntFrom.LookUp, LookUps, step.A % 4 == 0 ? Spread : SiteZone, Now),
        Move.Close => RequestClose(State, [.. State.Charges.Values.Where(charge => charge.State is MoneyState.Requested).Take(step.A % 3).Select(charge => charge.Id.MerchantTransactionId)], Now),
        Move.AnswerClose => RecordClose(State, MandateAnswers(step.B), LearntFrom.Answer, LookUps, Now),
        Move.Notification => RecordMandate(State, Shown(step.A % 40 == 0 ? MandateStatus.Closed : step.A % 4 == 0 ? MandateStatus.Pending : MandateStatus.Open), [], LearntFrom.Notification, SiteZone, Now),
        Move.ChargeNow => ChargeNow(State, $"order-{(step.A % 4 == 0 ? lastOrder : ++lastOrder)}", Price, null, null, null, Now),
        Move.Operator when Charge(step.A) is { } charge => SetOutcome(State, charge.Id.MerchantTransactionId, step.B % 2 == 0 ? MoneyState.Charged : MoneyState.Failed, "maria", "w", "e", Now),
        Move.Stop when Charge(step.A) is { } charge => StopCharge(State, charge.Id.MerchantTransactionId, step.B % 3 == 0 ? PreapprovalDecider.Paused : "earlier_attempt_charged", Now),
        _ => [],
    });

    private PreapprovalEvent[] Sweep(Step step)
    {
        if (State.NextDue is not { } due)
        {
            return [];
        }

        // Mostly the clock is there already, or comes there; sometimes the sweep is early.
        Now = step.A % 10 == 0 || due.DueAt < Now ? Now : due.DueAt.AddMinutes(step.B);
        return ChargeDue(State, due.Period, due.Attempt, Now);
    }

    private PreapprovalEvent[] Hear(Charge charge, int choice)
    {
        Now = Now.AddMinutes(choice % 45);
        return RecordOutcome(State, News(charge, choice), LookUps, Now);
    }

    private PreapprovalEvent[] WaitFor(int hours)
    {
        Now = Now.AddHours(hours);
        return [];
    }

    // Mostly one that is not settled, else any: the gateway may speak about the past.
    private Charge? Charge(int choice)
    {
        var all = State.Charges.Values.OrderBy(charge => charge.RequestedAt).ThenBy(charge => charge.Id.MerchantTransactionId, StringComparer.Ordinal).ToList();
        var open = all.Where(charge => charge.IsUnsettled).ToList();
        var from = choice % 3 != 0 && open.Count > 0 ? open : all;

        return from.Count == 0 ? null : from[choice % from.Count];
    }

    private ChargeNews News(Charge charge, int choice)
    {
        var statuses = Enum.GetValues<PaymentStatus>();
        ChargeAnswer answer = (choice % 20) switch
        {
            < 4 => Told(PaymentStatus.Failed, choice % 7 == 0 ? "12" : "119"),
            < 6 => Told(PaymentStatus.Charged),
            < 11 => Told(statuses[choice % statuses.Length]),
            11 => new ChargeAnswer.Refused(choice % 2 == 0 ? "12" : "121", null),
            12 => new ChargeAnswer.Duplicate(),
            < 18 => new ChargeAnswer.NotFound(),
            _ => new ChargeAnswer.Unknown("timeout"),
        };
        var from = answer is ChargeAnswer.Told ? (LearntFrom)(choice % 3) : (LearntFrom)(choice % 2 * 2);

        return new ChargeNews(charge.Id.MerchantTransactionId, answer, from, from is LearntFrom.Answer ? Now : null, from is LearntFrom.LookUp ? Now : null);
    }

    private ScheduleTerms? Schedules(Step step) => (step.A % 4) switch
    {
        0 => null,
        1 => Monthly with { AmountMinor = 100 + step.B, FirstDueOn = null },
        2 => Monthly with { Unit = ScheduleUnit.Week, CatchUp = (CatchUp)(step.B % 3), Periods = (step.B % 9) + 1 },
        _ => Monthly with { FirstDueOn = DateOnly.FromDateTime(Now.UtcDateTime).AddDays((step.B % 60) - 20) },
    };

    private static MandateAnswer MandateAnswers(int choice) => (choice % 8) switch
    {
        0 => new MandateAnswer.Refused("114", null),
        1 => new MandateAnswer.Unknown("timeout"),
        2 => new MandateAnswer.NotFound(),
        3 => Told(MandateStatus.Closed, Dearer),
        4 => Told(MandateStatus.Pending, Dearer),
        _ => Told(MandateStatus.Open, Dearer),
    };

    private void Try(Func<PreapprovalEvent[]> decide)
    {
        try
        {
            Take(decide());
        }
        catch (RuleViolation)
        {
            // Refused: nothing has happened.
        }
    }

    private void Take(PreapprovalEvent[] events)
    {
        foreach (var @event in events)
        {
            Watch(State, @event);
            State = Preapproval.Evolve(State, @event);
            History.Add(@event);
        }
    }
}

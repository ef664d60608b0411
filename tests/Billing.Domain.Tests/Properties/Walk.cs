using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Specs.A;
using Decider = Billing.Domain.Preapprovals.PreapprovalDecider;

namespace Billing.Domain.Tests.Properties;

/// <summary>A preapproval on a random walk through its decisions; refused decisions change nothing.</summary>
internal sealed partial class Walk
{
    private static readonly int[] Hours = [0, 1, 6, 25, 24 * 8, 24 * 40];
    private static readonly SiteCalendar Spread = new(SiteZone, ChargeWindow.Parse("06:00-22:00"));

    private int lastOrder;
    private int lastRefund;

    public Walk(CatchUp catchUp, ScheduleUnit unit, bool isOpen, MandateTerms? mandate = null)
    {
        var after = (AfterRetries)(((int)catchUp + (int)unit) % 3);
        var (terms, asked) = (Monthly with { CatchUp = catchUp, Unit = unit, AfterRetries = after }, mandate ?? Terms);
        Take([
            Requested(terms) with { Terms = asked }, Registered() with { Terms = asked },
            .. isOpen ? [Opened(), Set(terms)] : Array.Empty<PreapprovalEvent>()]);
    }

    public Preapproval State { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; } = Noon;

    public List<PreapprovalEvent> History { get; } = [];

    /// <summary>Sees the state before each event and the event.</summary>
    public Action<Preapproval?, PreapprovalEvent> Watch { get; init; } = (_, _) => { };

    /// <summary>Sees each decision before it is made.</summary>
    public Action<Func<Preapproval, PreapprovalEvent[]>> Deciding { get; init; } = _ => { };

    public void Go(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            if (Decision(step) is { } decide)
            {
                Try(decide);
            }
        }
    }

    /// <summary>The gateway answers everything, the sweep runs until nothing is due: the rest was forgotten.</summary>
    public void Finish()
    {
        Take(Decider.Resume(State, Now));
        Try(it => Decider.RecordChange(it, LookedUp(Confirmed(MandateStatus.Open)), true, LookUps, SiteZone, Now, Now));
        Take(Decider.RecordClose(State, LookedUp(Confirmed(MandateStatus.Closed)), LookUps, Now, Now));

        SettleInFlight();

        for (var turns = 0; State.NextDue is { } due && due.DueAt <= Now; turns++)
        {
            Assert.True(turns < 5000, "The sweep does not come to an end.");
            Take(Due(State, due));
            SettleInFlight();
        }
    }

    private void SettleInFlight()
    {
        if (State.InFlight is { } charge)
        {
            Take(Decider.RecordOutcome(
                State, LookUp(charge.Id, Confirmed(PaymentStatus.Charged), Now), LookUps, Now, Now));
        }
    }

    // Everything but the state is fixed before the decision is made: it may be made on two states.
    private Func<Preapproval, PreapprovalEvent[]>? Decision(Step step)
    {
        var charge = Charge(step.A);
        var (id, now) = (charge?.Id.MerchantTransactionId ?? "", Now);

        switch (step.Move)
        {
            case Move.Sweep:
                return Sweep(step);

            case Move.Outcome when charge is not null:
                now = Now = Now.AddMinutes(step.B % 45);
                var update = Learnt(charge, step.B);
                return it => Decider.RecordOutcome(it, update, LookUps, now, now);

            case Move.Wait:
                Now = Now.AddHours(Hours[step.A % Hours.Length]);
                return null;

            case Move.PauseOrResume:
                return PauseOrResume(step);

            case Move.Plan:
                return Plan(step);

            case Move.Skip:
                var skipped = step.A % 2 == 0 ? null : State.NextDue?.Period.DueOn;
                return it => Decider.SkipPeriod(it, skipped, now);

            case Move.Reinstate:
                var reinstated = step.A % 2 == 0 || State.Skipped.IsEmpty ? (DateOnly?)null : State.Skipped[^1];
                return it => Decider.ReinstatePeriod(it, reinstated, now);

            case Move.Change:
                var terms = Schedules(step);
                return it => Decider.RequestChange(it, Dearer, Personal, terms, null, now, now);

            case Move.AnswerChange:
                return it => Decider.RecordChange(
                    it, LookedUp(MandateAnswers(step.B), now), step.A % 2 == 0, Patience(step.A),
                    step.A % 4 == 0 ? Spread : SiteZone, now, now);

            case Move.Close:
                return it => Decider.RequestClose(it, now, now);

            case Move.AnswerClose:
                return it => Decider.RecordClose(
                    it, step.A % 3 == 0
                        ? LookedUp(MandateAnswers(step.B), now)
                        : new(MandateAnswers(step.B), LearntFrom.Answer, now), Patience(step.A), now, now);

            case Move.Notification:
                var status = step.A % 40 == 0 ? MandateStatus.Closed
                    : step.A % 4 == 0 ? MandateStatus.Pending
                    : MandateStatus.Open;
                return it => Decider.RecordMandate(it, Shown(status), [], LearntFrom.Notification, SiteZone, now);

            case Move.ChargeNow:
                var order = $"order-{(step.A % 4 == 0 ? lastOrder : ++lastOrder)}";
                return it => Decider.ChargeNow(it, order, Price, null, null, null, now, now);

            case Move.Operator when State.Unsettled?.Call.Owner is not null:
                var (outcome, retries) = ((MandateOutcome)(step.B % 2), LookUps.Profiles.Of(Terms.MethodId).Retries);
                return it => Decider.SetMandate(
                    it, outcome, Personal, null, "maria", null, null, retries, SiteZone, now);

            case Move.Operator when charge is not null:
                var set = step.B % 2 == 0 ? MoneyState.Charged : MoneyState.Failed;
                return it => Decider.SetOutcome(it, id, set, "maria", Text("w"), Text("e"), now);

            case Move.Stop when charge is not null:
                return it => Decider.StopCharge(
                    it, id, step.B % 3 == 0 ? Decider.Paused : "earlier_attempt_charged", now);

            case Move.NotSent:
                var open = State.OpenCalls.ToList();
                var (operation, key) = open.Count == 0
                    ? (OutboundOperation.Charge, "")
                    : (open[step.A % open.Count].Operation, open[step.A % open.Count].Key);
                return it => Decider.NotSent(
                    it, operation, key, "breaker_open", TimeSpan.FromMinutes(step.B % 90), now);

            case Move.SendAgain when State.OpenCalls.FirstOrDefault(one => one.Call.State is OutboundState.NotSent)
                is { Call: not null } waiting:
                now = Now = waiting.Call.NextLookUpAt > Now && step.A % 5 > 0 ? waiting.Call.NextLookUpAt.Value : Now;
                return it => Decider.SendAgain(it, waiting.Operation, waiting.Key, now, now, LookUps);

            case Move.Refund when charge is not null:
                var wish = new RefundWish(
                    $"refund-{(step.A % 5 == 0 ? lastRefund : ++lastRefund)}",
                    Price with { Minor = (step.B % 60 * 100) + 1 }, Decider.ByStorefront);
                return step.B % 7 == 0
                    ? it => Decider.RefundPaidTwice(it, id, now, now)
                    : it => Decider.RequestRefund(it, id, wish, now, now);

            case Move.RefundOutcome when charge is not null:
                return RefundOutcome(step, id);

            case Move.Dispute when charge is { State: MoneyState.Charged }:
                var dispute = new DisputeSnapshot(
                    800 + (step.B % 2), 7001, null, PaymentStatus.Disputed + (step.B % 2 * 3), Price);
                return it => Decider.RecordDispute(it, id, dispute, LearntFrom.Notification, now);

            case Move.Compare when charge is not null:
                var (seen, found) =
                    (charge.State, LookUp(charge.Id, Confirmed(Statuses[step.B % Statuses.Length]), now));
                return it => Decider.CompareCharge(it, seen, found, null, step.B % 2 == 0, LookUps, now);

            case Move.FindLost when LostDates() is { Count: > 0 } dates:
                var lost = ChargeId.Scheduled(GatewayId, dates[step.A % dates.Count], 1 + (step.B % 3));
                var shown = LookUp(lost, Confirmed(Statuses[step.B % Statuses.Length]), now);
                return it => Decider.RecordFoundCharge(it, GatewayId, lost, shown, LookUps, now);

            case Move.RetryNow:
                var tried = step.A % 3 == 0 || State.Unpaid.IsEmpty
                    ? (DateOnly?)null
                    : State.Unpaid.Keys.ElementAt(step.A % State.Unpaid.Count);
                return it => Decider.RetryNow(it, tried, now);

            case Move.CloseAfterDunning when History.OfType<DunningEnded>().LastOrDefault() is { } ended:
                return it => Decider.CloseAfterDunning(it, ended.Period, ended.Attempts, now, now);

            default:
                return null;
        }
    }

    private Func<Preapproval, PreapprovalEvent[]>? Sweep(Step step)
    {
        if (State.NextDue is not { } due)
        {
            return null;
        }

        // Mostly the clock is there already, or comes there; sometimes the sweep is early.
        Now = step.A % 10 == 0 || due.DueAt < Now ? Now : due.DueAt.AddMinutes(step.B);
        var now = Now;

        return it => Due(it, due, now);
    }

    private PreapprovalEvent[] Due(Preapproval it, DueCharge due) => Due(it, due, Now);

    private static PreapprovalEvent[] Due(Preapproval it, DueCharge due, DateTimeOffset now) => due.Attempt == 1
        ? Decider.ChargeDue(it, now, now)
        : Decider.RequestRetry(it, due.Period, due.Attempt, now, now);

    private void Try(Func<Preapproval, PreapprovalEvent[]> decide)
    {
        Deciding(decide);

        try
        {
            Take(decide(State));
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
            State = Preapproval.Fold(State, @event);
            History.Add(@event);
        }
    }
}

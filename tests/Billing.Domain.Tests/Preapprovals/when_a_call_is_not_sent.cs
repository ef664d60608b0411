using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// What was certainly not sent is no attempt and nothing unknown: it is sent later under the same id.
public class when_a_call_is_not_sent
{
    private static readonly DateTimeOffset Again = Noon.AddMinutes(1);
    private static readonly DateTimeOffset NewWindow = Window.AddMinutes(1);
    private static readonly string Charge = March.MerchantTransactionId;
    private static readonly PreapprovalEvent[] Waiting = [.. Open, Sent(March), NotSent(March, Again)];
    private static readonly PreapprovalEvent[] Retrying =
        [
            .. Open, Sent(March), Failed(March), RetryOf(MarchAgain, Noon), Sent(MarchAgain, Noon, Noon),
            NotSent(MarchAgain, Again)
        ];

    private static readonly RefundRequested Refund =
        new(Id, March, "refund-1", Price, ByStorefront, null, null, ["details"], null, Window, Noon);

    private static readonly PreapprovalEvent[] RefundWaits =
        [
            .. Open, Sent(March), Charged(March), Refund,
            new RefundNotSent(Id, March, "refund-1", Price, "breaker_open", Again, Noon)
        ];

    [Fact]
    public void a_charge_is_due_for_sending_after_the_wait() =>
        Given(Open, Sent(March)).When(it => RecordOutcome(
            it, Answer(March, new ChargeResult.NotSent("breaker_open", TimeSpan.FromMinutes(1))), LookUps, Noon))
            .Then(NotSent(March, Again));

    [Fact]
    public void nothing_of_it_is_unknown_and_no_attempt_is_counted() => Given(Waiting).Is(
        (MoneyState.Requested, OutboundState.NotSent, 1, null, 0, Again),
        it => (
            it.Charges[Charge].State, it.Charges[Charge].Call!.State, it.Charges[Charge].Sends,
            it.Charges[Charge].Call!.UnknownSince, it.Charges[Charge].LookUps, it.NextLookUpAt!.Value));

    [Fact]
    public void meanwhile_nothing_else_is_charged() =>
        Given(Waiting).When(it => ChargeDue(it, April.Period!.Value, 1, At(4, 1)))
            .Then(Deferred(April, March, At(4, 1)));

    [Fact]
    public void it_is_sent_under_the_same_id_when_it_is_due()
    {
        Given(Waiting)
            .When(it => SendAgain(it, OutboundOperation.Charge, Charge, Again.AddTicks(-1), NewWindow, LookUps))
            .ThenNothing();
        Given(Waiting).When(it => SendAgain(it, OutboundOperation.Charge, Charge, Again, NewWindow, LookUps))
            .Then(Resent(March, Again, NewWindow));
        Given(Waiting, Resent(March, Again, NewWindow)).Is(
            (1, OutboundState.Requested, NewWindow, null),
            it => (it.Charges[Charge].Sends, it.Charges[Charge].Call!.State, it.OldestIntent!.Value, it.NextLookUpAt));
    }

    [Fact]
    public void it_never_reaches_the_limit_of_resends()
    {
        PreapprovalEvent[] often = [.. Open, Sent(March), .. Enumerable
            .Repeat<PreapprovalEvent[]>([NotSent(March, Again), Resent(March, Again)], 5)
            .SelectMany(it => it)];

        Given(often, Unknown(March))
            .When(it => RecordOutcome(it, LookUp(March, new ChargeResult.NotFound()), LookUps, At(3, 2)))
            .ThenOnce(Resent(March, At(3, 2)));
    }

    [Fact]
    public void a_look_up_that_does_not_find_it_says_nothing_new() =>
        Given(Waiting).When(it => RecordOutcome(it, LookUp(March, new ChargeResult.NotFound()), LookUps, At(3, 2)))
            .ThenNothing();

    [Fact]
    public void a_payment_that_the_gateway_shows_all_the_same_is_a_fact() =>
        Given(Waiting)
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Charged)), LookUps, Again))
            .Then(Charged(March, LearntFrom.Notification, Again));

    [Fact]
    public void a_later_pause_does_not_hold_it_back_and_a_suspension_ends_it()
    {
        Given(Waiting, new SchedulePaused(Id, Noon)).Is("charge_resent", it => StoredEvents.NameOf(
            SendAgain(it, OutboundOperation.Charge, Charge, Again, NewWindow, LookUps).Single()));
        Given(Waiting, new ScheduleSuspended(Id, "declined_for_good", "operator", Noon))
            .When(it => SendAgain(it, OutboundOperation.Charge, Charge, Again, NewWindow, LookUps))
            .Then(Stopped(March, "suspended", Again));
    }

    [Fact]
    public void a_close_ends_it()
    {
        Given(Open, Sent(March), CloseRequested())
            .When(it => PreapprovalDecider.NotSent(it, OutboundOperation.Charge, Charge, "closed", default, Noon))
            .Then(Stopped(March, "closing"));
        Given(Waiting, Closed(ClosedBy.Customer, LearntFrom.Notification))
            .When(it => SendAgain(it, OutboundOperation.Charge, Charge, Again, NewWindow, LookUps))
            .Then(Stopped(March, "closing", Again));
    }

    [Fact]
    public void an_earlier_attempt_that_was_paid_after_all_ends_it() =>
        Given(Retrying, Charged(March, LearntFrom.LookUp))
            .When(it => SendAgain(
                it, OutboundOperation.Charge, MarchAgain.MerchantTransactionId, Again, NewWindow, LookUps))
            .Then(Stopped(MarchAgain, "earlier_attempt_charged", Again));

    [Fact]
    public void an_earlier_attempt_that_may_yet_be_paid_makes_it_wait_a_day() =>
        Given(
                [.. Open, Sent(March), Decided(March, MoneyState.Failed), Sent(MarchAgain), NotSent(
                    MarchAgain, Again), Pending(March, LearntFrom.Notification)])
            .When(it => SendAgain(
                it, OutboundOperation.Charge, MarchAgain.MerchantTransactionId, Again, NewWindow, LookUps))
            .Then(NotSent(MarchAgain, Again.AddDays(1), "other_attempt_uncertain", Again));

    [Fact]
    public void what_may_have_been_sent_is_not_called_unsent()
    {
        Given(Open, Sent(March), Unknown(March))
            .When(it => PreapprovalDecider.NotSent(it, OutboundOperation.Charge, Charge, "x", default, Noon))
            .ThenNothing();
        Given(Open, Sent(March), Charged(March))
            .When(it => PreapprovalDecider.NotSent(it, OutboundOperation.Charge, Charge, "x", default, Noon))
            .ThenNothing();
        Given(Open, Sent(March), Unknown(March))
            .When(it => SendAgain(it, OutboundOperation.Charge, Charge, At(4, 1), NewWindow, LookUps))
            .ThenNothing();
    }

    [Theory]
    [InlineData(OutboundOperation.Create)]
    [InlineData(OutboundOperation.Change)]
    [InlineData(OutboundOperation.Close)]
    public void a_create_a_change_and_a_close_are_sent_again_too(OutboundOperation operation)
    {
        var (asked, kind) = AskedFor(operation);
        var notSent = new MandateCallNotSent(Id, kind, "no_permit", Again, Noon);
        var resent = new MandateCallResent(Id, kind, NewWindow, Again);

        Given(asked)
            .When(it => PreapprovalDecider.NotSent(it, operation, "", "no_permit", TimeSpan.FromMinutes(1), Noon))
            .Then(notSent);
        Given(asked, notSent).When(it => SendAgain(it, operation, "", Noon, NewWindow, LookUps)).ThenNothing();
        Given(asked, notSent).When(it => SendAgain(it, operation, "", Again, NewWindow, LookUps)).Then(resent);
        Given(asked, notSent, resent)
            .Is((OutboundState.Requested, 1), it => (it.Unsettled!.Call.State, it.Unsettled.Call.Sends));
    }

    [Fact]
    public void what_a_forgotten_person_would_be_sent_with_is_gone()
    {
        var forgotten = new CustomerForgotten(Id, Noon);

        Given(Requested(), Unsent(MandateOperation.Create), forgotten)
            .When(it => SendAgain(it, OutboundOperation.Create, "", Again, NewWindow, LookUps))
            .Then(new PreapprovalRefused(Id, "customer_forgotten", null, Again));
        Given(
            Requested(), Unknown(MandateOperation.Create, "timeout", Noon), Resent(MandateOperation.Create, Noon),
            Unsent(MandateOperation.Create), forgotten)
            .When(it => SendAgain(it, OutboundOperation.Create, "", Again, NewWindow, LookUps))
            .Then(Unknown(MandateOperation.Create, "customer_forgotten", null, at: Again));
        Given(Open, ChangeRequested(), Unsent(MandateOperation.Change), forgotten)
            .When(it => SendAgain(it, OutboundOperation.Change, "", Again, NewWindow, LookUps))
            .Then(new ChangeFailed(Id, "customer_forgotten", null, Again));
        Given(RefundWaits, forgotten)
            .When(it => SendAgain(it, OutboundOperation.Refund, "refund-1", Again, NewWindow, LookUps))
            .Then(new RefundFailed(Id, March, "refund-1", null, Price, null, LearntFrom.LookUp, "18", null, Again));
    }

    [Fact]
    public void a_refund_is_sent_again_from_this_state_only()
    {
        Given(Open, Sent(March), Charged(March), Refund)
            .When(it => RecordRefund(it, new RefundUpdate(
                "refund-1", new RefundResult.NotSent("breaker_open", TimeSpan.FromMinutes(1)), LearntFrom.Answer,
                Window), LookUps, Noon))
            .Then(RefundWaits[^1]);
        Given(RefundWaits)
            .When(it => SendAgain(it, OutboundOperation.Refund, "refund-1", Again, NewWindow, LookUps))
            .Then(new RefundResent(Id, March, "refund-1", NewWindow, Again));
        Given(RefundWaits).Is(0, it => it.Charges[Charge].RefundableMinor);
        Given(Open, Sent(March), Charged(March), Refund)
            .When(it => SendAgain(it, OutboundOperation.Refund, "refund-1", At(4, 1), NewWindow, LookUps))
            .ThenNothing();
    }

    [Fact]
    public void a_refund_of_a_payment_that_was_taken_back_ends() =>
        Given(
            RefundWaits,
            new PaymentReversed(
                Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, null, Noon))
            .When(it => SendAgain(it, OutboundOperation.Refund, "refund-1", Again, NewWindow, LookUps))
            .Then(new RefundFailed(Id, March, "refund-1", null, Price, null, LearntFrom.LookUp, "18", null, Again));

    private static MandateCallNotSent Unsent(MandateOperation operation) =>
        new(Id, operation, "breaker_open", Again, Noon);

    private static (PreapprovalEvent[] Asked, MandateOperation Kind) AskedFor(OutboundOperation operation) =>
        operation switch
        {
            OutboundOperation.Create => ([Requested()], MandateOperation.Create),
            OutboundOperation.Change => ([.. Open, ChangeRequested()], MandateOperation.Change),
            _ => ([.. Open, CloseRequested()], MandateOperation.Close),
        };
}

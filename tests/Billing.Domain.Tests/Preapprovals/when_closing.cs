using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.UnknownIsAState, Promise.ClosedIsNotCharged)]
public class when_closing
{
    private static readonly PreapprovalEvent[] Paid = [.. Open, Sent(March), Charged(March)];
    private static readonly PreapprovalEvent[] Asked = [.. Paid, CloseRequested()];

    [Fact]
    public void it_is_written_down_before_the_gateway_is_asked() =>
        Given(Paid).When(it => RequestClose(it, Noon)).Then(CloseRequested());

    [Fact]
    public void a_mandate_that_is_not_approved_yet_can_be_closed() =>
        Given(Requested(), Registered()).When(it => RequestClose(it, Noon)).Then(CloseRequested());

    [Fact]
    public void a_charge_that_was_not_sent_is_stopped_and_the_rest_is_too_late() =>
        Given(
            Open, Sent(March), Unknown(March), Sent(OnDemand), NotSent(OnDemand, At(3, 2)),
            Sent(ChargeId.OnDemand("order-2")))
            .When(it => RequestClose(it, Noon))
            .Then(CloseRequested(), Stopped(OnDemand, "closing"));

    [Fact]
    public void what_is_about_to_be_sent_is_stopped_before_the_gateway_has_confirmed_the_close() =>
        Given(Open, Sent(March), CloseRequested())
            .When(it =>
            {
                Assert.Equal("closing", ReasonToStop(it, it.Charges[March.MerchantTransactionId]));

                return StopUnsent(it, March.MerchantTransactionId, Noon);
            })
            .Then(Stopped(March, "closing"));

    [Fact]
    public void a_close_by_the_customer_stops_what_was_not_sent() =>
        Given(Open, Sent(March), NotSent(March, At(3, 2)))
            .When(it => RecordMandate(it, Shown(MandateStatus.Closed), [], LearntFrom.Notification, SiteZone, Noon))
            .Then(Closed(ClosedBy.Customer, LearntFrom.Notification), Stopped(March, "closing"));

    [Fact]
    public void retries_end_oldest_first() =>
        Given(
                Open,
                Sent(March), Failed(March), RetryOf(MarchAgain, At(4, 9)),
                Sent(April, At(4, 1)), Failed(April, at: At(4, 1)), RetryOf(Due(4, 2), At(4, 2)))
            .When(it => RequestClose(it, At(4, 1)))
            .Then(
                CloseRequested(At(4, 1)), NoMore(March, "closing", policy: 0, At(4, 1)),
                NoMore(April, "closing", policy: 0, At(4, 1)));

    [Fact]
    public void there_has_to_be_something_to_close()
    {
        Given(Requested()).When(it => RequestClose(it, Noon)).ThenRefused("preapproval_not_open");
        Given(Requested(), new PreapprovalRefused(Id, "109", null, Noon)).When(it => RequestClose(it, Noon))
            .ThenRefused("preapproval_not_open");
    }

    [Fact]
    public void an_unsettled_change_does_not_prevent_a_close() =>
        Given(Paid, ChangeRequested()).When(it => RequestClose(it, Noon))
            .Then(new ChangeFailed(Id, "superseded_by_close", null, Noon), CloseRequested());

    [Fact]
    public void a_refused_close_takes_up_again_what_it_had_ended() =>
        Given(
                [.. Open,
                Sent(March), Failed(March), RetryOf(MarchAgain, At(4, 9)), Sent(April, At(4, 1)),
                CloseRequested(At(4, 1)), Stopped(April, "closing", At(4, 1)),
                NoMore(March, "closing", policy: 0, At(4, 1))])
            .When(it => RecordClose(it, new MandateResult.Refused("14", null), LearntFrom.Answer, LookUps, At(4, 2)))
            .Then(
                new CloseFailed(Id, "14", null, At(4, 2)),
                RetryOf(MarchAgain, At(4, 2), At(4, 2)), RetryOf(Due(4, 2), At(4, 2), At(4, 2)));

    [Fact]
    public void closing_again_is_harmless()
    {
        Given(Asked).When(it => RequestClose(it, Noon)).ThenNothing();
        Given(Asked, Closed(ClosedBy.Merchant, LearntFrom.Answer)).When(it => RequestClose(it, Noon)).ThenNothing();
    }

    [Fact]
    public void the_gateways_answer_closes_it()
    {
        Given(Asked).When(it => Answered(it, Confirmed(MandateStatus.Closed)))
            .Then(Closed(ClosedBy.Merchant, LearntFrom.Answer));
        Given(Asked, Closed(ClosedBy.Merchant, LearntFrom.Answer))
            .Is((4, null), it => (it.Gateway!.StatusId ?? 0, it.NextDue));
    }

    [Fact]
    public void a_time_out_and_an_answer_that_is_not_closed_are_looked_up()
    {
        Given(Asked).When(it => Answered(it, new MandateResult.Unknown("timeout")))
            .ThenOnce(Unknown(MandateOperation.Close, "timeout", Noon.AddMinutes(5)));
        Given(Asked).When(it => Answered(it, Confirmed(MandateStatus.Open)))
            .ThenOnce(Unknown(MandateOperation.Close, "not_closed_yet", Noon.AddMinutes(5)));
        Given(Asked).When(it => Answered(it, new MandateResult.NotFound()))
            .ThenOnce(Unknown(MandateOperation.Close, "not_found", Noon.AddMinutes(5)));
    }

    [Fact]
    public void the_last_look_up_hands_it_to_an_operator() =>
        Given(Asked, Unknown(MandateOperation.Close, "timeout", Noon, lookUps: 2))
            .When(it => RecordClose(it, new MandateResult.Unknown("timeout"), LearntFrom.LookUp, LookUps, Noon))
            .ThenOnce(Unknown(MandateOperation.Close, "timeout", null, lookUps: 3));

    [Fact]
    public void a_refusal_goes_back_to_where_it_was()
    {
        var failed = new CloseFailed(Id, "12", Text("Preapproval invalid"), Noon);

        Given(Asked).When(it => Answered(it, new MandateResult.Refused("12", Text("Preapproval invalid"))))
            .Then(failed);
        Given(Asked, failed).Is((PreapprovalStatus.Open, April.Period), it => (it.Status, it.NextDue?.Period));
        Given(Requested(), Registered(), CloseRequested(), failed).Is(PreapprovalStatus.Pending, it => it.Status);
        Given(Asked, failed).When(it => RequestClose(it, Noon)).Then(CloseRequested());
    }

    [Fact]
    public void an_opening_met_while_closing_runs_once_the_close_was_refused() =>
        Given(Requested(), Registered(), CloseRequested(), Opened(), Set(), new CloseFailed(Id, "12", null, Noon))
            .When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .Then(Sent(March));

    [Fact]
    public void what_fell_due_and_was_not_charged_by_then_is_skipped_with_that_reason()
    {
        Given(Open, CloseRequested(At(4, 1)))
            .When(it => RecordClose(it, Confirmed(MandateStatus.Closed), LearntFrom.Answer, LookUps, At(4, 1)))
            .Then(
                Closed(ClosedBy.Merchant, LearntFrom.Answer, At(4, 1)), Skipped(March, "closed", At(4, 1)),
                Skipped(April, "closed", At(4, 1)));

        Given(Open, Sent(March), Unknown(March), Deferred(April, March, At(4, 1)))
            .When(it => RecordMandate(it, Shown(MandateStatus.Closed), [], LearntFrom.Notification, SiteZone, At(4, 2)))
            .Then(Closed(ClosedBy.Customer, LearntFrom.Notification, At(4, 2)), Skipped(April, "closed", At(4, 2)));
    }

    private static PreapprovalEvent[] Answered(Preapproval it, MandateResult answer) =>
        RecordClose(it, answer, LearntFrom.Answer, LookUps, Noon);
}

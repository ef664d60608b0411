using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Tests.Explanations;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.UnknownIsAState)]
public class when_an_operator_settles_a_mandate
{
    private const string NotDone = "It was not done at the gateway, as an operator has decided.";

    private static readonly PreapprovalEvent[] LostCreate =
        [Requested(), Unknown(MandateOperation.Create, "never_arrives", next: null)];

    private static readonly PreapprovalEvent[] LostChange =
        [.. Open, ChangeRequested(), Unknown(MandateOperation.Change, "not_shown", next: null)];

    private static readonly PreapprovalEvent[] LostClose =
        [
            .. Open, Sent(March), Charged(March), CloseRequested(),
            Unknown(MandateOperation.Close, "not_closed", next: null)
        ];

    [Fact]
    public void a_create_that_was_not_done_frees_its_id() => Given(LostCreate)
        .When(it => Settle(it, MandateOutcome.Failed))
        .ThenOnce(
            By(MandateOperation.Create, MandateOutcome.Failed),
            new PreapprovalRefused(Id, "set_by_operator", Text(NotDone), Noon));

    [Fact]
    public void a_create_that_was_done_becomes_what_the_gateway_has() => Given(LostCreate)
        .When(it => Settle(it, MandateOutcome.Done, Shown(MandateStatus.Pending)))
        .ThenOnce(By(MandateOperation.Create, MandateOutcome.Done), Registered(LearntFrom.Operator));

    [Fact]
    public void a_create_that_was_done_has_an_id_at_the_gateway_and_the_same_name()
    {
        Given(LostCreate).When(it => Settle(it, MandateOutcome.Done)).ThenRefused("gateway_id_missing");
        Given(LostCreate)
            .When(it => Settle(
                it, MandateOutcome.Done,
                Shown(MandateStatus.Open, terms: Terms with { MerchantPreapprovalId = "sub-2" })))
            .ThenRefused("gateway_id_wrong");
    }

    [Fact]
    public void a_change_that_was_done_holds_as_it_was_asked_for() => Given(LostChange)
        .When(it => Settle(it, MandateOutcome.Done))
        .ThenOnce(
            By(MandateOperation.Change, MandateOutcome.Done),
            new PreapprovalChanged(Id, Shown(MandateStatus.Open).Gateway, Dearer, Personal, LearntFrom.Operator, Noon));

    [Fact]
    public void a_change_that_was_not_done_has_failed() => Given(LostChange)
        .When(it => Settle(it, MandateOutcome.Failed))
        .ThenOnce(
            By(MandateOperation.Change, MandateOutcome.Failed),
            new ChangeFailed(Id, "set_by_operator", Text(NotDone), Noon));

    [Fact]
    public void a_close_that_was_done_closes()
    {
        Given(LostClose)
            .When(it => Settle(it, MandateOutcome.Done))
            .ThenOnce(
                By(MandateOperation.Close, MandateOutcome.Done),
                new PreapprovalClosed(Id, ClosedBy.Merchant, null, null, LearntFrom.Operator, Noon));

        var receipt = CloseReceipt.Of(Timeline.Story(
            LostClose, new PreapprovalClosed(Id, ClosedBy.Merchant, null, null, LearntFrom.Operator, Noon)));
        Assert.Contains(
            receipt.Sentences, sentence => sentence.Contains("by a decision of an operator", StringComparison.Ordinal));
    }

    [Fact]
    public void a_close_that_was_not_done_lets_charges_go_on()
    {
        Given(LostClose)
            .When(it => Settle(it, MandateOutcome.Failed))
            .ThenOnce(
                By(MandateOperation.Close, MandateOutcome.Failed),
                new CloseFailed(Id, "set_by_operator", Text(NotDone), Noon));
        Given(LostClose, new CloseFailed(Id, "set_by_operator", Text(NotDone), Noon))
            .Is(PreapprovalStatus.Open, it => it.Status);
    }

    [Fact]
    public void dates_that_fell_due_under_a_close_that_was_not_done_are_skipped() =>
        Given(Open, CloseRequested(At(2, 20)), Unknown(MandateOperation.Close, "not_closed", next: null))
            .When(it => Settle(it, MandateOutcome.Failed))
            .ThenOnce(
                By(MandateOperation.Close, MandateOutcome.Failed),
                new CloseFailed(Id, "set_by_operator", Text(NotDone), Noon), Skipped(March, "closing"));

    [Fact]
    public void a_change_that_was_done_ends_the_suspension_that_it_was_asked_for() =>
        Given(
            Open, Suspended(At(2, 20)), ChangeRequested(at: At(2, 25)),
            Unknown(MandateOperation.Change, "not_shown", next: null))
            .When(it => Settle(it, MandateOutcome.Done))
            .ThenOnce(
                By(MandateOperation.Change, MandateOutcome.Done),
                new PreapprovalChanged(
                    Id, Shown(MandateStatus.Open).Gateway, Dearer, Personal, LearntFrom.Operator, Noon),
                new ScheduleResumed(Id, Noon));

    [Fact]
    public void what_the_gateway_is_still_asked_about_or_has_settled_is_not_decided()
    {
        Given(Requested()).When(it => Settle(it, MandateOutcome.Failed)).ThenRefused("mandate_not_owned");
        Given(Requested(), Unknown(MandateOperation.Create, "timeout", At(3, 2)))
            .When(it => Settle(it, MandateOutcome.Failed)).ThenRefused("mandate_not_owned");
        Given(Open).When(it => Settle(it, MandateOutcome.Failed)).ThenRefused("mandate_settled");
    }

    [Fact]
    public void a_later_notification_of_the_gateway_replaces_it() =>
        Given(LostCreate, new PreapprovalRefused(Id, "set_by_operator", Text(NotDone), Noon))
            .When(it => PreapprovalDecider.RecordMandate(
                it, Shown(MandateStatus.Open), [], LearntFrom.Notification, SiteZone, Noon))
            .ThenOnce(
                new PreapprovalRegistered(
                    Id, Shown(MandateStatus.Open).Gateway, Terms, null, LearntFrom.Notification, Noon),
                Opened(), Set());

    private static MandateSetByOperator By(MandateOperation operation, MandateOutcome outcome) =>
        new(Id, operation, outcome, "maria", Text("The support desk says so."), Text("ticket 14"), Noon);

    private static PreapprovalEvent[] Settle(
        Preapproval state, MandateOutcome outcome, MandateSnapshot? shown = null) =>
        PreapprovalDecider.SetMandate(
            state, outcome, state.Unsettled?.Personal, shown, "maria", Text("The support desk says so."),
            Text("ticket 14"), MethodProfiles.BuiltIn.Of(46).Retries, SiteZone, Noon);
}

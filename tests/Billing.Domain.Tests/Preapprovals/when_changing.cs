using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.UnknownIsAState)]
public class when_changing
{
    private static readonly PreapprovalEvent[] Asked = [.. Open, ChangeRequested()];

    public static TheoryData<PreapprovalEvent[]> Unchangeable =>
    [
        [Requested()],
        [Requested(), new PreapprovalRefused(Id, "109", null, Noon)],
        [Requested(), Registered(), new PreapprovalAbandoned(Id, Noon)],
        [.. Open, CloseRequested()],
        [.. Open, Closed(ClosedBy.Customer, LearntFrom.Notification)],
    ];

    [Fact]
    public void it_is_written_down_before_the_gateway_is_asked()
    {
        Given(Open).When(it => RequestChange(it, Dearer, Personal, null, null, Noon)).ThenOnce(ChangeRequested());
        Given(Requested(), Registered()).When(it => RequestChange(it, Dearer, Personal, null, null, Noon))
            .ThenOnce(ChangeRequested());
        Given(Asked).Is(Terms, it => it.Terms);
    }

    [Fact]
    public void there_is_one_at_a_time()
    {
        Given(Asked).When(it => RequestChange(it, Dearer, Personal, null, null, Noon))
            .ThenRefused("action_in_progress");
        Given(Asked, Unknown(MandateOperation.Change, "timeout", Noon))
            .When(it => RequestChange(it, Dearer, Personal, null, null, Noon))
            .ThenRefused("action_in_progress");
    }

    [Theory]
    [MemberData(nameof(Unchangeable))]
    public void only_a_pending_or_open_one_can_be_changed(PreapprovalEvent[] history) =>
        Given(history).When(it => RequestChange(it, Dearer, Personal, null, null, Noon))
            .ThenRefused("preapproval_not_open");

    [Fact]
    public void the_gateways_answer_applies_it()
    {
        Given(Asked).When(it => Answered(it, Confirmed(MandateStatus.Open, Dearer))).Then(Changed());
        Given(Asked, Changed()).Is((Dearer, null), it => (it.Terms, it.Unsettled));
    }

    [Fact]
    public void a_refusal_leaves_everything_as_it_was_and_allows_the_next()
    {
        var refused = new ChangeFailed(Id, "114", Text("Description invalid"), Noon);

        Given(Asked).When(it => Answered(it, new MandateResult.Refused("114", Text("Description invalid"))))
            .Then(refused);
        Given(Asked, refused).Is(
            (Terms, new Refusal(MandateOperation.Change, "114", Text("Description invalid"))),
            it => (it.Terms, it.LastRefusal));
        Given(Asked, refused).When(it => RequestChange(it, Dearer, Personal, null, null, Noon))
            .ThenOnce(ChangeRequested());
    }

    [Fact]
    public void a_time_out_is_looked_up() =>
        Given(Asked)
            .When(it => Answered(it, new MandateResult.Unknown("timeout")))
            .ThenOnce(Unknown(MandateOperation.Change, "timeout", Noon.AddMinutes(5)));

    [Fact]
    public void a_look_up_that_shows_it_applies_it() =>
        Given(Asked, Unknown(MandateOperation.Change, "timeout", Noon.AddMinutes(5)))
            .When(it => LookedUp(it, Confirmed(MandateStatus.Open, Dearer), applied: true, At(3, 1, 12, 5)))
            .Then(Changed(LearntFrom.LookUp, at: At(3, 1, 12, 5)));

    [Fact]
    public void a_look_up_that_does_not_show_it_is_believed_after_the_quiet_period_only()
    {
        PreapprovalEvent[] timedOut = [.. Asked, Unknown(MandateOperation.Change, "timeout", At(3, 1, 12, 5))];

        Given(Asked)
            .When(it => LookedUp(it, Confirmed(MandateStatus.Open), applied: false, At(3, 2)))
            .ThenOnce(Unknown(MandateOperation.Change, "not_applied_yet", At(3, 2, 12, 5), at: At(3, 2)));
        Given(timedOut)
            .When(it => LookedUp(it, Confirmed(MandateStatus.Open), applied: false, At(3, 1, 12, 9)))
            .ThenOnce(
                Unknown(MandateOperation.Change, "not_applied_yet", At(3, 1, 13, 9), lookUps: 1, At(3, 1, 12, 9)));
        Given(timedOut)
            .When(it => LookedUp(it, Confirmed(MandateStatus.Open), applied: false, At(3, 1, 12, 10)))
            .ThenOnce(Resent(MandateOperation.Change, At(3, 1, 12, 10)));
    }

    [Fact]
    public void a_change_that_is_not_applied_after_its_last_resend_has_failed() =>
        Given([.. ResentInVain])
            .When(it => LookedUp(it, Confirmed(MandateStatus.Open), applied: false, At(3, 3)))
            .Then(new ChangeFailed(Id, "not_applied", null, At(3, 3)));

    [Fact]
    public void a_change_that_the_gateway_does_not_return_gets_an_owner_after_its_last_resend() =>
        Given([.. ResentInVain])
            .When(it => LookedUp(it, Confirmed(MandateStatus.Open), applied: null, At(3, 3)))
            .ThenOnce(NotShown);

    [Fact]
    public void a_new_change_replaces_one_that_waits_for_an_operator() =>
        Given([.. ResentInVain, NotShown])
            .When(it => RequestChange(it, Dearer, Personal, null, null, Noon))
            .ThenOnce(new ChangeFailed(Id, "superseded_by_change", null, Noon), ChangeRequested());

    [Fact]
    public void a_look_up_that_finds_no_mandate_at_all_proves_nothing() =>
        Given(Asked, Unknown(MandateOperation.Change, "timeout", Noon))
            .When(it => LookedUp(it, new MandateResult.NotFound(), applied: null, At(3, 2)))
            .ThenOnce(Unknown(MandateOperation.Change, "not_found", At(3, 2, 13), lookUps: 1, At(3, 2)));

    [Fact]
    public void an_answer_to_no_question_says_nothing() =>
        Given(Open).When(it => Answered(it, Confirmed(MandateStatus.Open, Dearer))).ThenNothing();

    [Fact]
    public void an_answer_that_is_older_than_the_opening_does_not_lower_it()
    {
        PreapprovalEvent[] overtaken = [Requested(null), Registered(), ChangeRequested(), Opened()];

        Given(overtaken).When(it => Answered(it, Confirmed(MandateStatus.Pending, Dearer)))
            .Then(Changed(status: MandateStatus.Pending));
        Given(overtaken, Changed(status: MandateStatus.Pending))
            .Is((PreapprovalStatus.Open, 2), it => (it.Status, it.Gateway!.StatusId ?? 0));
    }

    private static MandateOutcomeUnknown NotShown =>
        Unknown(MandateOperation.Change, "not_shown", null, lookUps: 1, At(3, 3));

    private static PreapprovalEvent[] ResentInVain =>
    [
        .. Asked, Unknown(MandateOperation.Change, "timeout", Noon), Resent(MandateOperation.Change, At(3, 2)),
        Unknown(MandateOperation.Change, "timeout", Noon, at: At(3, 2)),
    ];

    private static PreapprovalEvent[] Answered(Preapproval it, MandateResult answer) =>
        RecordChange(it, answer, null, LearntFrom.Answer, LookUps, SiteZone, Noon);

    private static PreapprovalEvent[] LookedUp(
        Preapproval it, MandateResult answer, bool? applied, DateTimeOffset at) =>
        RecordChange(it, answer, applied, LearntFrom.LookUp, LookUps, SiteZone, at);
}

using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// Quiet period: 10 minutes of business time since it became unknown. Fence: 60 real seconds since the send window
// began.
[Keeps(Promise.NeverChargedTwice)]
public class when_the_gateway_does_not_find_a_charge
{
    private static readonly ChargeResult NotFound = new ChargeResult.NotFound();
    private static readonly DateTimeOffset Quiet = Noon.AddMinutes(10);
    private static readonly DateTimeOffset Fenced = Window.AddSeconds(60);
    private static readonly PreapprovalEvent[] TimedOut = [.. Open, Sent(March), Unknown(March)];

    [Fact]
    public void it_is_sent_again_once_quiet_period_and_fence_have_passed() =>
        Given(TimedOut)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet, Fenced))
            .ThenOnce(Resent(March, Quiet, Fenced));

    [Fact]
    public void it_is_stopped_instead_where_an_earlier_attempt_was_paid_after_all() =>
        Given([
            .. Open, Sent(March), Failed(March), Sent(MarchAgain), Unknown(MarchAgain),
            Charged(March, LearntFrom.Notification)
        ])
            .When(it => RecordOutcome(it, LookUp(MarchAgain, NotFound, Fenced), LookUps, Quiet))
            .Then(Stopped(MarchAgain, "earlier_attempt_charged", Quiet));

    [Fact]
    public void it_is_not_sent_again_while_another_attempt_may_still_collect() =>
        Given([
            .. Open, Sent(March), Decided(March, MoneyState.Failed), Sent(MarchAgain), Unknown(MarchAgain),
            Pending(March, LearntFrom.Notification)
        ])
            .When(it => RecordOutcome(it, LookUp(MarchAgain, NotFound, Fenced), LookUps, Quiet))
            .ThenOnce(Unknown(
                MarchAgain, "other_attempt_uncertain", lookUps: 1, next: Quiet.AddHours(1), at: Quiet,
                from: LearntFrom.LookUp));

    [Fact]
    public void it_is_not_believed_before_the_quiet_period_has_passed() =>
        Given(TimedOut)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet.AddSeconds(-1)))
            .ThenOnce(NotYet(Quiet.AddSeconds(-1)));

    [Fact]
    public void it_is_not_believed_before_the_fence_whatever_the_business_clock_says() =>
        Given(TimedOut)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced.AddTicks(-10)), LookUps, At(4, 1)))
            .ThenOnce(NotYet(At(4, 1)));

    [Fact]
    public void it_is_not_believed_where_the_time_of_the_question_is_not_known() =>
        Given(TimedOut)
            .When(it => RecordOutcome(it, LookUp(March, NotFound) with { AskedAt = null }, LookUps, At(4, 1)))
            .ThenOnce(NotYet(At(4, 1)));

    [Fact]
    public void the_first_look_up_of_a_charge_whose_process_died_starts_the_quiet_period()
    {
        var found = Unknown(March, "not_found_yet", next: At(4, 1).AddMinutes(5), at: At(4, 1));

        Given(Open, Sent(March)).When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, At(4, 1)))
            .ThenOnce(found);
        Given(Open, Sent(March), found)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, At(4, 1).AddMinutes(9)))
            .ThenOnce(NotYet(At(4, 1).AddMinutes(9)));
        Given(Open, Sent(March), found)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, At(4, 1).AddMinutes(10)))
            .ThenOnce(Resent(March, At(4, 1).AddMinutes(10)));
    }

    [Fact]
    public void a_charge_sent_again_starts_a_quiet_period_and_a_fence_of_its_own()
    {
        var window = Window.AddHours(1);
        PreapprovalEvent[] again = [.. TimedOut, Resent(March, Quiet, window), Unknown(March, at: At(3, 1, 13))];
        var policy = LookUps with { MaxResends = 2 };

        Given(again)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, window.AddSeconds(60)), policy, At(3, 1, 13, 9)))
            .ThenOnce(NotYet(At(3, 1, 13, 9)));
        Given(again).When(it => RecordOutcome(it, LookUp(March, NotFound, window.AddSeconds(59)), policy, At(3, 1, 14)))
            .ThenOnce(NotYet(At(3, 1, 14)));
        Given(again).When(it => RecordOutcome(it, LookUp(March, NotFound, window.AddSeconds(60)), policy, At(3, 1, 14)))
            .ThenOnce(Resent(March, At(3, 1, 14)));
    }

    public static TheoryData<ChargeResult> OfOneSend =>
        [new ChargeResult.NotFound(), new ChargeResult.Unknown("timeout"), new ChargeResult.Duplicate()];

    [Theory]
    [MemberData(nameof(OfOneSend))]
    public void no_result_of_the_send_before_says_nothing_of_the_one_on_its_way(ChargeResult answer)
    {
        Given(SentAgain).When(it => RecordOutcome(it, LookUp(March, answer, Fenced) with { Send = 1 }, LookUps, Quiet))
            .ThenNothing();
        Assert.NotEmpty(
            RecordOutcome(Fold(SentAgain), LookUp(March, answer, Fenced) with { Send = 2 }, LookUps, Quiet));
    }

    [Theory]
    [InlineData(true, "payment_charged")]
    [InlineData(false, "payment_failed")]
    public void a_payment_and_a_refusal_are_facts_whichever_send_they_answer(bool isPaid, string first)
    {
        var update = LookUp(
            March,
            isPaid ? Confirmed(PaymentStatus.Charged) : new ChargeResult.Refused("12", Text("Preapproval invalid")),
            Fenced) with
        { Send = 1 };

        Assert.StartsWith(first, AsStored(RecordOutcome(Fold(SentAgain), update, LookUps, Quiet)[0]));
    }

    [Fact]
    public void what_never_arrives_gets_an_owner_instead_of_a_third_send() =>
        Given(TimedOut, Resent(March, Quiet), Unknown(March, at: At(3, 1, 13)))
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Window.AddHours(2)), LookUps, At(3, 1, 14)))
            .ThenOnce(Owned(March, "never_arrives", 1, At(3, 1, 14)));

    [Fact]
    public void a_charge_that_could_not_be_asked_about_is_never_sent_again() =>
        Given(TimedOut)
            .When(it => RecordOutcome(
                it, LookUp(March, new ChargeResult.Unknown("timeout"), Window.AddDays(1)), LookUps, At(4, 1)))
            .ThenOnce(Unknown(March, lookUps: 1, next: At(4, 1).AddHours(1), at: At(4, 1)));

    [Fact]
    public void after_a_close_it_is_stopped_and_not_sent_again() =>
        Given(TimedOut, CloseRequested())
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet))
            .Then(Stopped(March, "closing", Quiet));

    [Fact]
    public void what_is_settled_needs_no_belief() =>
        Given(TimedOut, Charged(March))
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet))
            .ThenNothing();

    private static PreapprovalEvent[] SentAgain => [.. TimedOut, Resent(March, Quiet)];

    private static Preapproval Fold(PreapprovalEvent[] events) =>
        events.Aggregate((Preapproval?)null, Preapproval.Fold)!;

    private static PaymentOutcomeUnknown NotYet(DateTimeOffset at) =>
        Unknown(March, "not_found_yet", lookUps: 1, next: at.AddHours(1), at: at);
}

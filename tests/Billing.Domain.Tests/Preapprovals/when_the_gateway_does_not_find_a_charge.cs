using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// Quiet: 10 minutes of business time since it became unknown. Fence: 60 seconds of database time since the last claim.
public class when_the_gateway_does_not_find_a_charge
{
    private static readonly ChargeAnswer NotFound = new ChargeAnswer.NotFound();
    private static readonly DateTimeOffset Quiet = Noon.AddMinutes(10);
    private static readonly DateTimeOffset Fenced = Claimed.AddSeconds(60);
    private static readonly PreapprovalEvent[] TimedOut = [.. Open, Sent(March), Unknown(March, claimed: Claimed)];

    [Fact]
    public void it_is_sent_again_once_quiet_period_and_fence_have_passed() =>
        Given(TimedOut)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet))
            .ThenOnce(new ChargeResent(Id, March, Quiet));

    [Fact]
    public void it_is_stopped_instead_where_an_earlier_attempt_was_paid_after_all() =>
        Given([.. Open, Sent(March), Failed(March), Sent(MarchAgain), Unknown(MarchAgain, claimed: Claimed), Charged(March, LearntFrom.Notification)])
            .When(it => RecordOutcome(it, LookUp(MarchAgain, NotFound, Fenced), LookUps, Quiet))
            .Then(new ChargeStopped(Id, MarchAgain, "earlier_attempt_charged", Quiet));

    [Fact]
    public void it_is_not_sent_again_while_another_attempt_may_still_collect() =>
        Given([.. Open, Sent(March), Decided(March, MoneyState.Failed), Sent(MarchAgain), Unknown(MarchAgain, claimed: Claimed), Pending(March, LearntFrom.Notification)])
            .When(it => RecordOutcome(it, LookUp(MarchAgain, NotFound, Fenced), LookUps, Quiet))
            .ThenOnce(Unknown(MarchAgain, "other_attempt_uncertain", lookUps: 1, next: Quiet.AddHours(1), at: Quiet, from: LearntFrom.LookUp));

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
    public void it_is_not_believed_while_nobody_knows_when_it_was_claimed()
    {
        PreapprovalEvent[] unclaimed = [.. Open, Sent(March), Unknown(March)];

        Given(unclaimed)
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Claimed), LookUps, Quiet))
            .ThenOnce(NotYet(Quiet) with { ClaimedAt = Claimed });

        Given(unclaimed, NotYet(Quiet) with { ClaimedAt = Claimed })
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet.AddHours(1)))
            .ThenOnce(new ChargeResent(Id, March, Quiet.AddHours(1)));
    }

    [Fact]
    public void a_second_claim_that_only_asks_starts_the_quiet_period() =>
        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, NotFound), LookUps, At(4, 1)))
            .ThenOnce(Unknown(March, "not_found_yet", next: At(4, 1).AddMinutes(5), at: At(4, 1), claimed: Claimed, from: LearntFrom.Answer));

    [Fact]
    public void a_later_claim_moves_the_fence() =>
        Given(TimedOut, Unknown(March, claimed: Claimed.AddMinutes(5)))
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet))
            .ThenOnce(NotYet(Quiet));

    [Fact]
    public void word_from_a_process_that_claimed_it_earlier_does_not_move_the_fence_back() =>
        Given(Open, Sent(March), Unknown(March, claimed: Claimed.AddMinutes(5)), Unknown(March, claimed: Claimed))
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet))
            .ThenOnce(NotYet(Quiet));

    [Fact]
    public void a_charge_sent_again_starts_a_quiet_period_and_a_fence_of_its_own()
    {
        PreapprovalEvent[] again = [.. TimedOut, new ChargeResent(Id, March, Quiet)];
        var claimed = Claimed.AddHours(1);

        Given(again)
            .When(it => RecordOutcome(it, Answer(March, new ChargeAnswer.Unknown("timeout")) with { ClaimedAt = claimed }, LookUps, At(3, 1, 13)))
            .ThenOnce(Unknown(March, at: At(3, 1, 13), claimed: claimed));

        Given(again, Unknown(March, at: At(3, 1, 13), claimed: claimed))
            .When(it => RecordOutcome(it, LookUp(March, NotFound, claimed.AddSeconds(60)), LookUps, At(3, 1, 13, 9)))
            .ThenOnce(NotYet(At(3, 1, 13, 9)));
    }

    public static TheoryData<ChargeAnswer> OfOneSend => [new ChargeAnswer.NotFound(), new ChargeAnswer.Unknown("timeout"), new ChargeAnswer.Duplicate()];

    [Theory]
    [MemberData(nameof(OfOneSend))]
    public void not_to_know_of_the_send_before_says_nothing_of_the_one_on_its_way(ChargeAnswer answer)
    {
        Given(SentAgain).When(it => RecordOutcome(it, LookUp(March, answer, Fenced) with { Send = 1 }, LookUps, Quiet)).ThenNothing();
        Assert.NotEmpty(RecordOutcome(SentAgain.Aggregate((Preapproval?)null, Preapproval.Evolve)!, LookUp(March, answer, Fenced) with { Send = 2 }, LookUps, Quiet));
    }

    [Theory]
    [InlineData(true, "payment_charged")]
    [InlineData(false, "payment_failed")]
    public void a_payment_and_a_refusal_are_facts_whichever_send_they_answer(bool isPaid, string first)
    {
        var news = LookUp(March, isPaid ? Told(PaymentStatus.Charged) : new ChargeAnswer.Refused("12", "Preapproval invalid"), Fenced) with { Send = 1 };

        Assert.StartsWith(first, AsStored(RecordOutcome(SentAgain.Aggregate((Preapproval?)null, Preapproval.Evolve)!, news, LookUps, Quiet)[0]));
    }

    [Fact]
    public void what_never_arrives_gets_an_owner_instead_of_a_third_send() =>
        Given(TimedOut, new ChargeResent(Id, March, Quiet), Unknown(March, at: At(3, 1, 13), claimed: Claimed.AddHours(1)))
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Claimed.AddHours(2)), LookUps, At(3, 1, 14)))
            .ThenOnce(Owned(March, "never_arrives", 1, At(3, 1, 14)));

    [Fact]
    public void a_charge_that_could_not_be_asked_about_is_never_sent_again() =>
        Given(TimedOut)
            .When(it => RecordOutcome(it, LookUp(March, new ChargeAnswer.Unknown("timeout"), Claimed.AddDays(1)), LookUps, At(4, 1)))
            .ThenOnce(Unknown(March, lookUps: 1, next: At(4, 1).AddHours(1), at: At(4, 1)));

    [Fact]
    public void after_a_close_it_is_stopped_and_not_sent_again() =>
        Given(TimedOut, CloseRequested())
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet))
            .Then(new ChargeStopped(Id, March, "closing", Quiet));

    [Fact]
    public void what_is_settled_needs_no_belief() =>
        Given(TimedOut, Charged(March))
            .When(it => RecordOutcome(it, LookUp(March, NotFound, Fenced), LookUps, Quiet))
            .ThenNothing();

    private static PreapprovalEvent[] SentAgain => [.. TimedOut, new ChargeResent(Id, March, Quiet)];

    private static PaymentOutcomeUnknown NotYet(DateTimeOffset at) => Unknown(March, "not_found_yet", lookUps: 1, next: at.AddHours(1), at: at);
}

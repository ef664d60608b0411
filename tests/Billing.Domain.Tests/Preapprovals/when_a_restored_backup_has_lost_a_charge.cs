using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Explanations;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// The sweep came late after the restore and skipped March, of which only the gateway still has the charge.
[Keeps(Promise.NeverChargedTwice)]
public class when_a_restored_backup_has_lost_a_charge
{
    private static readonly DateTimeOffset Later = At(4, 2);
    private static readonly PreapprovalEvent[] Skipping =
        [.. Open, Skipped(March, "superseded", At(4, 1)), Sent(April, At(4, 1)), Charged(April, at: At(4, 1))];

    private static readonly ChargeFoundAtGateway Found =
        new(Id, March, Price, 2, UsesPeriod: true, 5001, 46, At(3, 1, 0), Window, Later);

    [Fact]
    public void it_is_recorded_with_what_the_gateway_has() =>
        Given(Skipping).When(it => Find(it, March, PaymentStatus.Charged)).Then(Found, ChargedOf(March));

    [Theory]
    [InlineData(PaymentStatus.Pending, "charge_found_at_gateway payment_pending")]
    [InlineData(PaymentStatus.Reversed, "charge_found_at_gateway payment_charged payment_reversed")]
    [InlineData(PaymentStatus.Unrecognised, "")]
    public void whatever_it_has_become(PaymentStatus status, string expected) =>
        Given(Skipping).Is(expected, it => string.Join(' ', Find(it, March, status).Select(StoredEvents.NameOf)));

    [Theory]
    [InlineData("119")]
    [InlineData("12")]
    public void one_that_failed_is_neither_tried_again_nor_a_reason_to_suspend(string code) =>
        Given(Skipping).Is(
            "charge_found_at_gateway payment_failed retries_exhausted",
            it => string.Join(' ', Find(it, March, PaymentStatus.Failed, code).Select(StoredEvents.NameOf)));

    [Fact]
    public void a_later_attempt_follows_the_failed_one_and_uses_no_further_period()
    {
        var failed = Skipping.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        PreapprovalEvent[] history = [.. Skipping, .. Find(failed, March, PaymentStatus.Failed, "119")];

        Given(history).Is((2, false), it => (
            it.PeriodsUsed, ((ChargeFoundAtGateway)Find(it, MarchAgain, PaymentStatus.Charged)[0]).UsesPeriod));
        Given(history).When(it => Find(it, MarchAgain, PaymentStatus.Charged)).Then(
            Found with { Charge = MarchAgain, UsesPeriod = false }, ChargedOf(MarchAgain));
    }

    [Fact]
    public void an_attempt_whose_earlier_ones_left_no_payment_uses_the_period() =>
        Given([.. Skipping, .. FoundFrom(Skipping, MarchAgain)]).Is(2, it => it.PeriodsUsed);

    [Fact]
    public void a_date_that_is_not_decided_is_left_to_the_sweep_which_finds_it_as_a_duplicate() =>
        Given(Open).When(it => Find(it, March, PaymentStatus.Charged)).ThenNothing();

    [Fact]
    public void a_date_that_will_never_be_due_is_recorded()
    {
        PreapprovalEvent[] ended = [.. OpenWith(Monthly with { Periods = 1 }), Sent(March), Charged(March)];

        Given(ended).Is(2, it => Find(it, April, PaymentStatus.Charged).Length);
        Given([.. ended, .. FoundFrom(ended, April)])
            .Is((0, April.Period!.Value.DueOn), it => (it.PeriodsLeft, it.LastDecided));
    }

    [Fact]
    public void one_of_another_preapproval_is_not_ours() =>
        Given(Skipping).When(it => PreapprovalDecider.RecordFoundCharge(
            it, GatewayId + 1, March, Shown(March, Confirmed(PaymentStatus.Charged), Price), LookUps,
            Later)).ThenNothing();

    [Fact]
    public void a_retry_that_a_pause_holds_is_recorded_and_ends_it()
    {
        PreapprovalEvent[] held =
        [
            .. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4)), new SchedulePaused(Id, At(3, 3)),
        ];

        Given(held).Is(2, it => Find(it, MarchAgain, PaymentStatus.Charged).Length);
        Given([.. held, .. FoundFrom(held, MarchAgain)]).Is(true, it => it.Retries.IsEmpty);
    }

    [Fact]
    public void a_retry_that_a_close_has_ended_waits_for_the_end_of_the_close()
    {
        PreapprovalEvent[] closing =
        [
            .. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4)), CloseRequested(),
            NoMore(March, "closing", policy: 0),
        ];

        Given(closing).When(it => Find(it, MarchAgain, PaymentStatus.Failed, "119")).ThenNothing();
        Given([.. closing, Closed(ClosedBy.Merchant, LearntFrom.Answer)])
            .Is(2, it => Find(it, MarchAgain, PaymentStatus.Charged).Length);
    }

    [Fact]
    public void a_refusal_that_was_found_is_no_trouble_of_today()
    {
        var refused = Skipping.Aggregate((Preapproval?)null, Preapproval.Fold)!;

        Given([.. Skipping, .. Find(refused, March, PaymentStatus.Failed, "111")]).Is(null, it => it.Trouble);
    }

    [Fact]
    public void of_a_period_that_was_paid_twice_nothing_is_refunded_by_itself()
    {
        PreapprovalEvent[] first = [.. Skipping, .. FoundFrom(Skipping, March)];
        PreapprovalEvent[] twice = [.. first, .. FoundFrom(first, MarchAgain)];

        Assert.Single(twice.OfType<PeriodPaidTwice>());
        Given(twice).When(it => PreapprovalDecider.RefundPaidTwice(it, MarchAgain.MerchantTransactionId, Later, Window))
            .ThenNothing();
    }

    [Fact]
    public void a_date_that_no_schedule_here_names_uses_a_period_in_the_proof_too()
    {
        var lost = ChargeId.Scheduled(GatewayId, new Period(new DateOnly(2026, 2, 20)), 1);
        PreapprovalEvent[] history = [.. OpenWith(Monthly with { Periods = 2 }), Sent(March), Charged(March)];
        PreapprovalEvent[] all = [.. history, .. FoundFrom(history, lost)];

        Given(all).Is(0, it => it.PeriodsLeft);
        Assert.Empty(DueProof.Of(Timeline.Story(all), At(5, 15)));
    }

    [Fact]
    public void so_is_a_waiting_retry() =>
        Given(Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 4)))
            .When(it => Find(it, MarchAgain, PaymentStatus.Charged)).ThenNothing();

    [Fact]
    public void what_is_recorded_already_is_not_recorded_again() =>
        Given(Skipping).When(it => Find(it, April, PaymentStatus.Charged)).ThenNothing();

    [Fact]
    public void while_a_charge_is_in_flight_it_waits() =>
        Given(Open, Skipped(March, "superseded", At(4, 1)), Sent(April, At(4, 1)))
            .When(it => Find(it, March, PaymentStatus.Charged)).ThenNothing();

    [Fact]
    public void after_a_close_every_date_is_decided() =>
        Given(Open, Closed(ClosedBy.Customer, LearntFrom.Notification))
            .Is(2, it => Find(it, May, PaymentStatus.Charged).Length);

    [Fact]
    public void a_charge_on_demand_is_never_taken_for_ours() =>
        Given(Skipping).When(it => Find(it, OnDemand, PaymentStatus.Charged)).ThenNothing();

    [Fact]
    public void without_an_amount_nothing_is_recorded() =>
        Given(Skipping).When(it => PreapprovalDecider.RecordFoundCharge(
            it, GatewayId, March, Shown(March, Confirmed(PaymentStatus.Charged), null), LookUps, Later)).ThenNothing();

    [Fact]
    public void the_plan_has_one_period_less()
    {
        var open = OpenWith(Monthly with { Periods = 3 });
        PreapprovalEvent[] history =
        [
            .. open, Skipped(March, "superseded", At(4, 1)), Sent(April, At(4, 1)), Charged(April, at: At(4, 1)),
        ];

        Given(history).Is(2, it => it.PeriodsLeft);
        Given([.. history, .. FoundFrom(history, March)]).Is(1, it => it.PeriodsLeft);
    }

    [Fact]
    public void the_snapshot_knows_the_same()
    {
        PreapprovalEvent[] all = [.. Skipping, .. FoundFrom(Skipping, March)];
        var (full, snapshot) = (
            all.Aggregate((Preapproval?)null, Preapproval.Fold)!,
            all.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!);

        Assert.Equal((full.PeriodsUsed, full.NextDueAt), (snapshot.PeriodsUsed, snapshot.NextDueAt));
        Assert.Throws<NeedsFullHistoryException>(() => Find(
            Enumerable.Range(5, 6).SelectMany(month => (PreapprovalEvent[])[Sent(Due(month)), Charged(Due(month))])
                .Aggregate(Skipping.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!, Preapproval.FoldSnapshot),
            March, PaymentStatus.Charged));
    }

    [Fact]
    public void its_due_date_counts_as_decided_once() =>
        Assert.Empty(DueProof.Of(Timeline.Story([.. Skipping, .. FoundFrom(Skipping, March)]), Later));

    [Fact]
    public void the_explanation_says_where_it_was_found()
    {
        var story = Timeline.Story([.. Skipping, .. FoundFrom(Skipping, March)]);

        Assert.Contains(
            PaymentExplanation.Of(story, March.MerchantTransactionId)!.Sentences,
            sentence => sentence.Contains("no record of it was left here", StringComparison.Ordinal));
        var explained = DateExplanation.Of(story, March.Period!.Value.DueOn, Later);
        Assert.Equal("charged", explained.Decision);
        var text = string.Join(' ', explained.Sentences);
        Assert.Contains("was skipped at 2026-04-01", text, StringComparison.Ordinal);
        Assert.Contains("found at the gateway", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1000001-260301-1", "2026-03-01", 1)]
    [InlineData("7-300229-12", null, 0)]
    [InlineData("7-300228-12", "2030-02-28", 12)]
    [InlineData("7-300228-012", null, 0)]
    [InlineData("7-300228-0", null, 0)]
    [InlineData("9999999999-300228-1", null, 0)]
    [InlineData("order-4711", null, 0)]
    public void an_id_says_what_it_was_derived_from(string id, string? dueOn, int attempt)
    {
        var parsed = ChargeId.Parse(id);

        Assert.Equal(dueOn is null ? null : DateOnly.Parse(dueOn, null), parsed?.Charge.Period?.DueOn);
        Assert.Equal(attempt, parsed?.Charge.Attempt ?? 0);
        Assert.Equal(dueOn is null ? null : id, parsed?.Charge.MerchantTransactionId);
    }

    private static PaymentCharged ChargedOf(ChargeId id) =>
        Charged(id, LearntFrom.LookUp, Later) with { Origin = ChargeOrigin.FoundAtGateway };

    private static PreapprovalEvent[] FoundFrom(PreapprovalEvent[] history, ChargeId id) =>
        Find(history.Aggregate((Preapproval?)null, Preapproval.Fold)!, id, PaymentStatus.Charged);

    private static PreapprovalEvent[] Find(
        Preapproval state, ChargeId id, PaymentStatus status, string? code = null) =>
        PreapprovalDecider.RecordFoundCharge(
            state, GatewayId, id, Shown(id, Confirmed(status, code), Price), LookUps, Later);

    private static ChargeUpdate Shown(ChargeId id, ChargeResult answer, Money? amount) => new(
        id.MerchantTransactionId,
        new ChargeResult.Confirmed(((ChargeResult.Confirmed)answer).Value with { Amount = amount }), LearntFrom.LookUp,
        Window);
}

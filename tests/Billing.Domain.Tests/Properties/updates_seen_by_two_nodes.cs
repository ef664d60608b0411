using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

// Every notification comes to both nodes, more than once and in any order, while our own answer is on its way. A node
// reads the stream, drops what is not new by what it has read, and decides the rest under the stream's lock:
// what it read may be old by then.
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class updates_seen_by_two_nodes
{
    private static readonly PaymentStatus[] Statuses = Enum.GetValues<PaymentStatus>();

    private static readonly ChargeResult[] OwnAnswers = [
        new ChargeResult.Unknown("timeout"), Confirmed(PaymentStatus.Pending), Confirmed(PaymentStatus.Failed, "119"),
        Confirmed(PaymentStatus.Charged)
    ];

    private static readonly Gen<(PaymentStatus[] Shown, ChargeResult Own, Step[] First, Step[] Second)> Meetings =
        from shown in Gen.NonEmptyListOf(Gen.Elements(Statuses))
        from own in Gen.Elements(OwnAnswers)
        from first in Steps(shown, own)
        from second in Steps(shown, own)
        select (shown.ToArray(), own, first, second);

    /// <param name="Node">0 or 1; the answer of the submission needs none.</param>
    /// <param name="ReadsFirst">Whether the node reads the stream anew before it looks at the notification.</param>
    private sealed record Step(ChargeUpdate Update, int Node, bool ReadsFirst);

    [Fact]
    public void end_the_same_in_any_order() => Prop
        .ForAll(Arb.From(Meetings), meeting =>
        {
            var ((first, _), (second, _)) = (Meet(meeting.First), Meet(meeting.Second));

            Assert.Equal(first.State, second.State);
            Assert.Equal((first.Facts ?? []).Order(), (second.Facts ?? []).Order());
            Assert.Equal(first.CapturedAmount, second.CapturedAmount);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void drop_nothing_that_was_the_highest() => Prop
        .ForAll(
            Arb.From(Meetings),
            meeting => Assert.Equal(Highest(meeting.Shown, meeting.Own), Meet(meeting.First).Charge.State))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void write_each_fact_once() => Prop
        .ForAll(Arb.From(Meetings), meeting =>
        {
            var kinds = Meet(meeting.First)
                .Written.Where(e => e is not (PaymentOutcomeUnknown or PaymentPending))
                .Select(e => e.GetType())
                .ToList();

            Assert.Equal(kinds.Distinct(), kinds);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static Gen<Step[]> Steps(IReadOnlyCollection<PaymentStatus> shown, ChargeResult own) =>
        from repeats in Gen.Choose(1, 3)
        from order in Gen.Shuffle(Enumerable.Repeat(shown, repeats)
            .SelectMany(it => it)
            .Select(status => Notification(March, Confirmed(status, "119")))
            .Append(Answer(March, own)))
        from nodes in Gen.ArrayOf(Gen.Choose(0, 1), order.Length)
        from reads in Gen.ArrayOf(Gen.Elements(true, false), order.Length)
        select order.Select((update, index) => new Step(update, nodes[index], reads[index])).ToArray();

    private static (Charge Charge, List<PreapprovalEvent> Written) Meet(IEnumerable<Step> steps)
    {
        var state = Open.Append(Sent(March)).Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var (read, written) = (new[] { state, state }, new List<PreapprovalEvent>());

        foreach (var (update, node, readsFirst) in steps)
        {
            read[node] = readsFirst ? state : read[node];

            if (update.From is LearntFrom.Answer || RecordOutcome(read[node], update, LookUps, Noon).Length > 0)
            {
                var decided = RecordOutcome(state, update, LookUps, Noon);
                state = decided.Aggregate(state, Preapproval.Fold);
                written.AddRange(decided);
            }
        }

        return (state.Charges[March.MerchantTransactionId], written);
    }

    private static MoneyState Highest(PaymentStatus[] shown, ChargeResult own) =>
        shown.Concat(own is ChargeResult.Confirmed it ? [it.Value.State] : []).Max() switch
        {
            PaymentStatus.Unrecognised => MoneyState.Unknown,
            PaymentStatus.Pending or PaymentStatus.UnderReview => MoneyState.Pending,
            PaymentStatus.Failed => MoneyState.Failed,
            _ => MoneyState.Charged,
        };
}

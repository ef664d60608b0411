using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

// Payments, refunds and disputes come as updates of their own, in any order and repeatedly; two nodes may see the same.
public class what_comes_after_a_success
{
    private static readonly PaymentStatus[] Statuses =
        [.. Enum.GetValues<PaymentStatus>().Where(status => status is not PaymentStatus.Unrecognised)];

    // One refund of ours and two made elsewhere; two disputes. Each always reports the same.
    private static readonly Gen<Learnt> AnyUpdate = Gen.Frequency([
        (5, from status in Gen.Elements(Statuses) select (Learnt)new Learnt.OfPayment(status)),
        (6, from id in Gen.Elements(9001, 9002, 9003)
            from status in Gen.Elements(RefundStatus.Pending, RefundStatus.Failed, RefundStatus.Refunded)
            select (Learnt)new Learnt.OfRefund(id, status)),
        (4, from id in Gen.Elements(801, 802)
            from status in Gen.Elements(PaymentStatus.Disputed, PaymentStatus.DisputeWon, PaymentStatus.DisputeLost)
            select (Learnt)new Learnt.OfDispute(id, status))]);

    private static readonly Gen<(Learnt[] First, Learnt[] Second)> Orders =
        from shown in Gen.NonEmptyListOf(AnyUpdate)
        from first in Gen.Shuffle(shown.Concat(shown))
        from second in Gen.Shuffle(shown.Concat(shown.Take(shown.Count / 2)))
        select (first, second);

    [Fact]
    public void adds_up_to_the_same_whatever_the_order_and_the_repeats() => Prop
        .ForAll(
            Arb.From(Orders), orders => Assert.Equal(Sum(Fold(orders.First).Charge), Sum(Fold(orders.Second).Charge)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void is_written_once_each() => Prop
        .ForAll(Arb.From(Orders), orders =>
        {
            var facts = Fold(orders.First).Written.Where(e => e is not PaymentPending).Select(Fact).ToList();

            Assert.Equal(facts.Distinct(), facts);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void never_leaves_more_to_refund_than_is_left() => Prop
        .ForAll(Arb.From(Orders), orders =>
        {
            var charge = Fold(orders.First).Charge;

            Assert.InRange(
                charge.RefundableMinor, 0,
                Math.Max(0, charge.PaidMinor - charge.Refunds.Values.Sum(refund => refund.TakenMinor)));
            Assert.Equal(charge.PaidMinor, charge.NetMinor + charge.RefundedMinor + charge.TakenBackMinor);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static object Sum(Charge charge) => (
        charge.State, charge.Standing, charge.PaidMinor, charge.RefundedMinor, charge.TakenBackMinor, charge.NetMinor,
        charge.RefundableMinor,
        string.Join(
            ' ',
            charge.Refunds.Values.Select(
                refund => $"{refund.Key} {refund.RefundId} {refund.Amount.Minor} {refund.State}")),
        string.Join(' ', charge.Disputes.Values));

    private static string Fact(PreapprovalEvent @event) => @event switch
    {
        RefundAccepted e => $"accepted {e.RefundId}",
        RefundFailed e => $"failed {e.RefundId}",
        PaymentRefunded e => $"refunded {e.RefundId}",
        DisputeReported e => $"reported {e.DisputeId}",
        PaymentDisputed e => $"disputed {e.DisputeId}",
        DisputeWon e => $"won {e.DisputeId}",
        DisputeLost e => $"lost {e.DisputeId}",
        _ => @event.GetType().Name,
    };

    private static (Charge Charge, List<PreapprovalEvent> Written) Fold(IEnumerable<Learnt> all)
    {
        var asked = new RefundRequested(
            Id, March, "refund-1", Price with { Minor = 1000 }, "storefront", null, null, null, null, Window, Noon);
        var state = Open.Append(Sent(March)).Append(asked).Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var written = new List<PreapprovalEvent>();

        foreach (var (index, update) in all.Index())
        {
            var from = index % 2 == 0 ? LearntFrom.Notification : LearntFrom.LookUp;
            var decided = update.Decide(state, from);
            state = decided.Aggregate(state, Preapproval.Fold);
            written.AddRange(decided);
        }

        return (state.Charges[March.MerchantTransactionId], written);
    }

    private abstract record Learnt
    {
        public abstract PreapprovalEvent[] Decide(Preapproval state, LearntFrom from);

        public sealed record OfPayment(PaymentStatus Status) : Learnt
        {
            public override PreapprovalEvent[] Decide(Preapproval state, LearntFrom from) =>
                RecordOutcome(state, Notification(March, Confirmed(Status, "119")) with { From = from }, LookUps, Noon);
        }

        public sealed record OfRefund(int RefundId, RefundStatus Status) : Learnt
        {
            public override PreapprovalEvent[] Decide(Preapproval state, LearntFrom from) =>
                PreapprovalDecider.RecordRefund(
                    state, March.MerchantTransactionId,
                    new RefundSnapshot(
                        RefundId, 7001, RefundId == 9001 ? "refund-1" : $"dashboard-{RefundId}", Status,
                        Price with { Minor = RefundId == 9001 ? 1000 : 1500 }, new(1, null, null, null, null), null),
                    from, LookUps, Noon);
        }

        public sealed record OfDispute(int DisputeId, PaymentStatus Status) : Learnt
        {
            public override PreapprovalEvent[] Decide(Preapproval state, LearntFrom from) =>
                PreapprovalDecider.RecordDispute(
                    state, March.MerchantTransactionId,
                    new DisputeSnapshot(DisputeId, 7001, null, Status, Price with { Minor = 2000 }), from, Noon);
        }
    }
}

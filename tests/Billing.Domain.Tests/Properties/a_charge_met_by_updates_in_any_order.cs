using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class a_charge_met_by_updates_in_any_order
{
    private static readonly PaymentStatus[] Statuses = Enum.GetValues<PaymentStatus>();

    // A set of readings, and two orders in which they arrive, each with repeats.
    private static readonly Gen<(PaymentStatus[] First, PaymentStatus[] Second)> Orders =
        from shown in Gen.NonEmptyListOf(Gen.Elements(Statuses))
        from first in Gen.Shuffle(shown.Concat(shown))
        from second in Gen.Shuffle(shown.Concat(shown.Take(shown.Count / 2)))
        select (first, second);

    [Fact]
    public void ends_where_the_highest_of_it_stands() => Prop
        .ForAll(Arb.From(Orders), orders =>
        {
            var (state, _) = Fold(orders.First);

            Assert.Equal(Highest(orders.First), state.State);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void ends_the_same_whatever_the_order_and_the_repeats() => Prop
        .ForAll(Arb.From(Orders), orders =>
        {
            var ((first, _), (second, _)) = (Fold(orders.First), Fold(orders.Second));

            Assert.Equal(first.State, second.State);
            Assert.Equal((first.Facts ?? []).Order(), (second.Facts ?? []).Order());
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void writes_each_fact_once_and_each_step_up_once() => Prop
        .ForAll(Arb.From(Orders), orders =>
        {
            var (_, written) = Fold(orders.First);
            var kinds = written.Where(e => e is not (PaymentOutcomeUnknown or PaymentPending)).Select(e => e.GetType())
                .ToList();

            Assert.Equal(kinds.Distinct(), kinds);

            // Pending, and then under review: twice at most, however often both are shown.
            Assert.True(written.Count(e => e is PaymentPending) <= 2);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static (Charge Charge, List<PreapprovalEvent> Written) Fold(IEnumerable<PaymentStatus> update)
    {
        var state = Open.Append(Sent(March)).Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var written = new List<PreapprovalEvent>();

        foreach (var (index, status) in update.Index())
        {
            var from = (LearntFrom)(index % 3);
            var decided = RecordOutcome(
                state, Answer(March, Confirmed(status, "119")) with { From = from }, LookUps, Noon);
            state = decided.Aggregate(state, Preapproval.Fold);
            written.AddRange(decided);
        }

        return (state.Charges[March.MerchantTransactionId], written);
    }

    private static MoneyState Highest(IEnumerable<PaymentStatus> update) => update.Max() switch
    {
        PaymentStatus.Unrecognised => MoneyState.Unknown,
        PaymentStatus.Pending or PaymentStatus.UnderReview => MoneyState.Pending,
        PaymentStatus.Failed => MoneyState.Failed,
        _ => MoneyState.Charged,
    };
}

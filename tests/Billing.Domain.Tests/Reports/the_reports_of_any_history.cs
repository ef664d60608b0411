using Billing.Domain.Preapprovals;
using Billing.Domain.Reports;
using Billing.Domain.Tests.Properties;
using Billing.Domain.Tests.Specs;
using FsCheck;
using FsCheck.Fluent;

namespace Billing.Domain.Tests.Reports;

[Keeps(Promise.ViewsEqualReplay)]
public class the_reports_of_any_history
{
    [Fact]
    public void the_movements_of_all_days_are_what_the_charges_come_to() => Check(walk =>
    {
        var (units, sum) = (new Dictionary<string, ChargeUnit>(), default(PaymentTotals));

        foreach (var e in walk.History.Where(e => ChargeUnit.KeyOf(e) is not null))
        {
            sum += Unit(units, e).Take(e)?.Totals ?? default;
        }

        var expected = walk.State.Charges.Values.Aggregate(
            default(PaymentTotals), (totals, charge) => totals + PaymentTotals.Of(charge));

        Assert.Equal(walk.State.Charges.Values.Sum(charge => charge.NetMinor), sum.NetMinor);
        Assert.Equal(expected with { FailedCount = 0 }, sum with { FailedCount = 0 });
        Assert.InRange(sum.FailedCount, expected.FailedCount, long.MaxValue);
    });

    // PostgreSQL adds these charges up without a fold.
    [Fact]
    public void a_plain_charge_moves_what_its_event_says() => Check(walk =>
    {
        var units = new Dictionary<string, ChargeUnit>();

        foreach (var e in walk.History.Where(e => ChargeUnit.KeyOf(e) is not null))
        {
            var unit = Unit(units, e);
            var (movement, wasWatched) = (unit.Take(e), unit.IsWatched);

            if (wasWatched)
            {
                continue;
            }

            Assert.Equal(
                e is PaymentCharged charged
                    ? new PaymentMovement(
                        DateOnly.FromDateTime(charged.HappenedAt.UtcDateTime),
                        (charged.CapturedAmount ?? charged.Amount).Currency,
                        new()
                        {
                            ChargedCount = 1, ChargedMinor = (charged.CapturedAmount ?? charged.Amount).Minor,
                        })
                    : null,
                movement);
            Assert.Null(unit.Unpaid);
        }
    });

    // Only these events are looked at: after any other one the tables stay as they are.
    [Fact]
    public void nothing_is_owed_or_paid_after_all_by_an_event_that_is_not_watched() => Check(walk =>
    {
        var units = new Dictionary<string, ChargeUnit>();

        foreach (var e in walk.History.Where(e => ChargeUnit.KeyOf(e) is not null))
        {
            var unit = Unit(units, e);
            var before = unit.Unpaid;
            unit.Take(e);
            Assert.True(
                before == unit.Unpaid || ChargeUnit.IsWatching(e) || e is PaymentCharged, $"{e.GetType().Name}");
        }
    });

    [Fact]
    public void a_revenue_has_the_same_steps_without_the_events_that_make_none() => Check(walk =>
    {
        var needed = RevenueSteps.Stepping.Concat(RevenueSteps.Counting).ToHashSet();
        var all = RevenueSteps.Of(walk.History).Steps;

        Assert.Equal(all, RevenueSteps.Of(walk.History.Where(e => needed.Contains(e.GetType()))).Steps);

        // Those after the last stepping event change nothing.
        var last = walk.History.FindLastIndex(e => RevenueSteps.Stepping.Contains(e.GetType()));
        Assert.Equal(all, RevenueSteps.Of(walk.History.Take(last + 1)).Steps);
        Assert.Equal(all.OrderBy(step => step.At), all);
    });

    [Fact]
    public void the_movements_of_a_month_are_the_difference_of_its_levels() => Check(walk =>
    {
        var months = new RevenueMonths(new(2026, 2, 1), 24, walk.Now);
        months.Add(RevenueSteps.Of(walk.History).Steps);
        var before = 0L;

        foreach (var (_, currency, month) in months.Rows)
        {
            Assert.Equal(("BRL", month.Level), (currency, before + month.Change));
            before = month.Level;
        }
    });

    private static ChargeUnit Unit(Dictionary<string, ChargeUnit> units, PreapprovalEvent e)
    {
        if (!units.TryGetValue(ChargeUnit.KeyOf(e)!, out var unit))
        {
            units.Add(ChargeUnit.KeyOf(e)!, unit = new());
        }

        return unit;
    }

    private static void Check(Action<Walk> holds) => Prop
        .ForAll(Steps.Any, it =>
        {
            var walk = new Walk(it.CatchUp, it.Unit, it.IsOpen);
            walk.Go(it.Steps);
            holds(walk);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}

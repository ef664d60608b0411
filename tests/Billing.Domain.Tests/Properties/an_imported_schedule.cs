using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

/// <summary>Imported at any date of its series, swept in time or late, paid at once.</summary>
[Keeps(Promise.NeverChargedTwice)]
public class an_imported_schedule
{
    [Fact]
    public void charges_each_date_from_the_next_one_on_once_and_no_more_than_are_left() => Prop
        .ForAll(
            Arb.From(
                from terms in Schedules.Endless()
                from gone in Gen.Choose(0, 40)
                from left in Gen.Choose(1, 30)
                from hours in Gen.ArrayOf(Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, 900))), 7)
                select (terms, gone, left, hours)),
            it =>
            {
                var (anchor, last) = (it.terms.FirstDueOn!.Value, ScheduleRules.LastDate);
                var series = Schedules.Naive(anchor, it.terms.Every, it.terms.Unit, last)
                    .Skip(it.gone).Take(it.left).ToList();

                if (series.Count == 0)
                {
                    return;
                }

                var terms = it.terms with { Periods = it.left, CatchUp = CatchUp.BillAll, TimeZone = "UTC" };
                var charged = Live(
                    new(Guid.Empty, 1, terms, series[0], 0, 0), n => TimeSpan.FromHours(it.hours[n % 7]), last);

                Assert.Equal(series, charged);
            })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static List<DateOnly> Live(SubscriptionImport row, Func<int, TimeSpan> late, DateOnly until)
    {
        var now = new DateTimeOffset(row.NextDueOn.AddDays(-1), TimeOnly.MinValue, TimeSpan.Zero);
        var state = Fold(null, PreapprovalDecider.Import(
            null, Id, Shown(MandateStatus.Open), row, "30201", SiteZone, MethodProfiles.BuiltIn, now));
        var charged = new List<DateOnly>();

        for (var n = 0; state.NextDue is { } due && due.Period.DueOn <= until; n++)
        {
            now = due.DueAt + late(n) is var at && at > now ? at : now;
            var decided = PreapprovalDecider.ChargeDue(state, now, now);
            charged.AddRange(decided.OfType<ChargeRequested>().Select(e => e.Charge.Period!.Value.DueOn));
            state = Fold(state, decided);
            state = state.InFlight is { } charge
                ? Fold(state, PreapprovalDecider.RecordOutcome(
                    state, Answer(charge.Id, Confirmed(PaymentStatus.Charged)), LookUps, now, now))
                : state;
        }

        return charged;
    }

    private static Preapproval Fold(Preapproval? state, PreapprovalEvent[] events) =>
        events.Aggregate(state, Preapproval.Fold)!;
}

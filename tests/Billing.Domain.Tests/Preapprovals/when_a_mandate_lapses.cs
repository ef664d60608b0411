using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

/// <summary>SEPA Direct Debit: a mandate that was not used for 36 months must not be used any more.</summary>
public class when_a_mandate_lapses
{
    private static readonly MandateTerms Sepa = Terms with { MethodId = 84, Currency = "EUR" };
    private static readonly Money Euros = new(4990, "EUR");
    private static readonly DateTimeOffset Lapse = new(2029, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void what_was_never_used_lapses_36_months_after_its_approval(int seconds, bool isLapsed)
    {
        var asked = Given(Every(4)).When(it => ChargeNow(
            it, "order-4711", Euros, null, null, null, Lapse.AddSeconds(seconds)));

        if (isLapsed)
        {
            asked.ThenRefused("mandate_lapsed");
        }
        else
        {
            asked.Then(Asked(OnDemand, Lapse.AddSeconds(-1)));
        }
    }

    [Fact]
    public void a_due_date_past_it_is_skipped_with_the_reason() =>
        Given(Every(3), Asked(March, Noon), Charged(March))
            .When(it => PreapprovalDecider.ChargeDue(it, Lapse.AddHours(1), Window))
            .Then(new ChargeSkipped(Id, new(new(2029, 3, 1)), 1, "mandate_lapsed", Lapse.AddHours(1)));

    [Fact]
    public void a_charge_that_the_bank_returned_is_a_use_and_one_that_was_refused_is_none()
    {
        var later = At(6, 1);
        PreapprovalEvent[] tried = [.. Every(4), Asked(OnDemand, later)];
        var refused = Failed(OnDemand, "118", "refused", at: later) with { Gateway = null };

        Assert.Equal(later.AddMonths(36), LapseOf([.. tried, Failed(OnDemand, at: later)]));
        Assert.Equal(Lapse, LapseOf([.. tried, refused]));
        Assert.Equal(Lapse, LapseOf(tried));
    }

    [Fact]
    public void what_the_bank_decides_later_was_presented_before() => Assert.Equal(
        At(6, 1).AddMonths(36),
        LapseOf([
            .. Every(4), Asked(OnDemand, At(6, 1)), Pending(OnDemand, at: At(6, 1)), Charged(OnDemand, at: At(6, 9))
        ]));

    [Fact]
    public void a_retry_past_it_ends_the_period_and_the_dunning()
    {
        PreapprovalEvent[] failed =
        [
            .. Every(4), Asked(March, Noon), Failed(March) with { Gateway = null }, RetryOf(MarchAgain, Lapse)
        ];

        Given(failed).When(it => RequestRetry(it, March.Period!.Value, 2, Lapse, Window))
            .Then(
                NoMore(March, "mandate_lapsed", 2, Lapse),
                DunningOver(March, AfterRetries.Continue, Lapse) with { Amount = Euros });
        Given(failed).When(it => RetryNow(it, null, Lapse)).ThenRefused("mandate_lapsed");
    }

    [Fact]
    public void the_upcoming_dates_show_which_one_is_lost() => Given(Every(4))
        .Is(
            "-mandate_lapsed", it => string.Join(
                '-', Forecast.Of(it, 2, SiteZone, Noon).Upcoming.Select(charge => charge.SkipReason)));

    [Fact]
    public void other_methods_and_closed_mandates_never_lapse()
    {
        Given(Open).Is(null, it => MandateLimits.LapsesAt(it, MethodProfiles.BuiltIn.Of(46)));
        Given([.. Every(4), CloseRequested(), Closed(ClosedBy.Merchant, LearntFrom.Answer)])
            .Is(null, it => MandateLimits.LapsesAt(it, MethodProfiles.BuiltIn.Of(84)));
    }

    [Fact]
    public void the_state_shows_only_mandates_that_are_seldom_used()
    {
        Assert.Equal(Noon, Snapshot(OpenWith(null)).IdleSince);
        Assert.Null(Snapshot([.. Open, Asked(March, Noon), Charged(March)]).IdleSince);
        Assert.Equal(At(3, 2), Snapshot([.. Every(1), Asked(March, Noon), Charged(March, at: At(3, 2))]).IdleSince);
        Assert.Null(Snapshot([.. OpenWith(null), CloseRequested()]).IdleSince);
    }

    [Fact]
    public void a_snapshot_of_an_earlier_build_is_not_believed()
    {
        var snapshot = Snapshot([.. Every(3), Asked(March, Noon), Charged(March, at: At(12, 1))]);

        Assert.Throws<NeedsFullHistoryException>(
            () => PreapprovalDecider.ChargeDue(snapshot with { LastUsedAt = null }, Lapse.AddHours(1), Window));
        Assert.IsType<ChargeRequested>(
            Assert.Single(PreapprovalDecider.ChargeDue(snapshot, Lapse.AddHours(1), Window)));
    }

    private static PreapprovalEvent[] Every(int years)
    {
        var terms = Monthly with
        {
            Currency = "EUR",
            Every = years,
            Unit = ScheduleUnit.Year,
            CatchUp = CatchUp.BillAll,
        };

        return [Requested(terms) with { Terms = Sepa }, Registered() with { Terms = Sepa }, Opened(), Set(terms)];
    }

    private static ChargeRequested Asked(ChargeId id, DateTimeOffset at) =>
        Sent(id, at) with { Amount = Euros, ProfileVersion = 3, MethodId = 84 };

    private static DateTimeOffset? LapseOf(PreapprovalEvent[] history) =>
        MandateLimits.LapsesAt(
            history.Aggregate((Preapproval?)null, Preapproval.Fold)!, MethodProfiles.BuiltIn.Of(84));

    private static Preapproval Snapshot(PreapprovalEvent[] history) =>
        history.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!;
}

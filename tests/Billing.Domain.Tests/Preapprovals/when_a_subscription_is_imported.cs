using Billing.Domain.Explanations;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_a_subscription_is_imported
{
    private static readonly Guid ImportId = Guid.Parse("0193816f-6c00-7000-8000-000000000007");

    // On the last day of each month since the end of 2025, charged until February, four periods left.
    private static readonly SubscriptionImport Row = new(
        ImportId, 17, Monthly with { FirstDueOn = new(2025, 12, 31), Periods = 4 }, new(2026, 3, 31), 3, 14_970);

    private static readonly SubscriptionImported Imported = new(Id, ImportId, 17, 3, new(14_970, "BRL"), Noon);

    [Fact]
    public void the_preapproval_is_recovered_and_its_schedule_goes_on() => Given()
        .When(it => Decide(it, Row))
        .Then(
            new RecoveredFromGateway(Id, Shown(MandateStatus.Open).Gateway, Terms, Personal, Noon),
            Opened(LearntFrom.LookUp), Imported,
            Set(Row.Terms) with
            {
                Schedule = Set(Row.Terms).Schedule with { FirstDueOn = new(2026, 3, 31) },
            });

    [Fact]
    public void the_due_time_is_that_of_the_sites_hours() => Assert.IsType<DueTimeSet>(
        Import(
            null, Id, Shown(MandateStatus.Open), Row, "30201", new(SiteZone, ChargeWindow.Parse("06:00-22:00")),
            MethodProfiles.BuiltIn, Noon)[^1]);

    [Fact]
    public void the_31st_returns_after_a_short_month_and_only_what_is_left_is_charged() => Assert.Equal(
        [new(2026, 3, 31), new(2026, 4, 30), new(2026, 5, 31), new(2026, 6, 30)],
        Forecast.Of(State(Row), 10, SiteZone, Noon).Upcoming.Select(charge => charge.Period.DueOn));

    [Fact]
    public void no_date_of_the_other_system_is_due_here() => Assert.Equal(
        new DateOnly(2026, 3, 31), State(Row).NextDue!.Period.DueOn);

    [Fact]
    public void past_charges_count_towards_an_aggregate_cap()
    {
        Assert.NotEmpty(WithMaximum(14_970 + Price.Minor));
        Assert.Equal(
            "amount_over_cap", Assert.Throws<RuleViolation>(() => WithMaximum(14_970 + Price.Minor - 1)).Code);
    }

    private static PreapprovalEvent[] WithMaximum(long hundredths) => Import(
        null, Id,
        Shown(MandateStatus.Open, terms: Terms with { MethodId = 58, MaximumAmountHundredths = hundredths }), Row,
        "30201", SiteZone, MethodProfiles.BuiltIn, Noon);

    [Fact]
    public void the_snapshot_knows_the_past_totals_and_counts_them_once()
    {
        var events = Decide(null, Row);
        var snapshot = events.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!;

        Assert.Equal((3, new Money(14_970, "BRL")), (snapshot.Imported!.PastCharges, snapshot.Imported.PastAmount));
        Assert.Equal(14_970, snapshot.SettledTotals["BRL"]);
    }

    [Fact]
    public void the_story_says_where_it_comes_from() => Assert.Equal(
        $"It was imported at 2026-03-01 12:00:00 UTC by ana with row 17 of import {ImportId}; 3 charges of BRL 149.70 "
        + "together were made before, in another system.",
        EventDescriber.Of(new(3, "subscription_imported", Noon, Noon, "ana", Imported)));

    [Theory]
    [InlineData("2026-03-01", "next_due_on_not_in_series")]
    [InlineData("2026-03-28", "next_due_on_not_in_series")]
    [InlineData("2026-02-28", "next_due_on_passed")]
    [InlineData("2025-12-31", "next_due_on_passed")]
    [InlineData("2025-11-30", "next_due_on_not_in_series")]
    [InlineData("0001-01-01", "next_due_on_not_in_series")]
    public void the_next_date_must_be_to_come_and_one_of_the_series(string nextDueOn, string code) =>
        ThenRefused(Row with { NextDueOn = DateOnly.Parse(nextDueOn, null) }, code);

    // The other system may have charged it this morning.
    [Fact]
    public void the_next_date_must_not_be_today_in_the_zone_of_the_schedule()
    {
        var today = Row with { Terms = Row.Terms with { FirstDueOn = new(2026, 3, 1) }, NextDueOn = new(2026, 3, 1) };
        var tomorrow = Row with
        {
            Terms = Row.Terms with { FirstDueOn = new(2026, 3, 2) },
            NextDueOn = new(2026, 3, 2),
        };

        ThenRefused(today, "next_due_on_passed");
        ThenRefused(
            tomorrow with { Terms = tomorrow.Terms with { TimeZone = "Pacific/Kiritimati" } }, "next_due_on_passed");
        Assert.NotEmpty(Decide(null, tomorrow));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 100)]
    [InlineData(1, 0)]
    [InlineData(1, -1)]
    [InlineData(1, SubscriptionImport.MaxPastAmountMinor + 1)]
    public void past_totals_must_agree(int charges, long amountMinor) =>
        ThenRefused(Row with { PastCharges = charges, PastAmountMinor = amountMinor }, "past_charges_invalid");

    [Fact]
    public void a_schedule_that_could_not_be_asked_for_is_refused()
    {
        ThenRefused(Row with { Terms = Row.Terms with { AmountMinor = 0 } }, "schedule_amount_invalid");
        ThenRefused(Row with { Terms = Row.Terms with { Periods = 0 } }, "schedule_periods_invalid");
        ThenRefused(
            Row with { Terms = Row.Terms with { EndsOn = new(2026, 3, 30) } }, "schedule_ends_before_it_starts");
    }

    [Fact]
    public void the_mandate_must_be_an_open_one_of_the_site_that_allows_the_currency()
    {
        var open = Shown(MandateStatus.Open);
        ThenRefused(Row, "not_open", Shown(MandateStatus.Pending));
        ThenRefused(Row, "not_open", Shown(MandateStatus.Closed));
        ThenRefused(Row, "not_open", open with { Status = null });
        ThenRefused(Row, "another_site", open with { Gateway = open.Gateway with { SiteId = 30202 } });
        ThenRefused(Row, "currency_mismatch", open with { Terms = Terms with { Currency = "EUR" } });
        ThenRefused(Row, "currency_not_taken", open with { Terms = Terms with { MethodId = 84, Currency = null } });
        ThenRefused(
            Row, "merchant_preapproval_id_missing", open with { Terms = Terms with { MerchantPreapprovalId = "" } });
        Assert.NotEmpty(Decide(null, Row, open with { Terms = Terms with { Currency = null } }));
    }

    private static Preapproval State(SubscriptionImport row) =>
        Decide(null, row).Aggregate((Preapproval?)null, Preapproval.Fold)!;

    private static PreapprovalEvent[] Decide(
        Preapproval? state, SubscriptionImport row, MandateSnapshot? shown = null) =>
        Import(
            state, Id, shown ?? Shown(MandateStatus.Open), row, "30201", SiteZone, MethodProfiles.BuiltIn, Noon);

    private static void ThenRefused(SubscriptionImport row, string code, MandateSnapshot? shown = null) =>
        Given().When(it => Decide(it, row, shown)).ThenRefused(code);
}

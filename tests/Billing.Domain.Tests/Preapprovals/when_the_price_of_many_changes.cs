using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_the_price_of_many_changes
{
    private static readonly DateOnly May1 = new(2026, 5, 1);
    private static readonly Guid Many = Guid.Parse("0190c0de-0000-7000-8000-000000000001");
    private static readonly Guid Others = Guid.Parse("0190c0de-0000-7000-8000-000000000002");
    private static readonly PriceTerms Dearer = new("BRL", 4990, null, null, 5990, null, May1);
    private static readonly ScheduleChangePlanned Planned = PlannedBy(Many);

    [Fact]
    public void each_schedule_that_it_is_about_is_planned_once()
    {
        Given(Open).When(it => ChangePrice(it, Dearer, Many, SiteZone, Noon)).Then(Planned);
        Given(Open, Planned).When(it => ChangePrice(it, Dearer, Many, SiteZone, Noon)).ThenNothing();
    }

    [Theory]
    [InlineData("EUR", null, null, null)]
    [InlineData("BRL", 4991L, null, null)]
    [InlineData("BRL", null, 2, null)]
    [InlineData("BRL", null, null, ScheduleUnit.Year)]
    public void others_stay_as_they_are(string currency, long? from, int? every, ScheduleUnit? unit) =>
        Given(Open)
            .When(it => ChangePrice(it, new(currency, from, every, unit, 5990, null, May1), Many, SiteZone, Noon))
            .ThenNothing();

    [Fact]
    public void what_has_the_new_price_already_needs_no_change() =>
        Given(Open)
            .When(it => ChangePrice(it, Dearer with { FromMinor = null, ToMinor = 4990 }, Many, SiteZone, Noon))
            .ThenNothing();

    [Fact]
    public void a_change_that_was_agreed_on_for_this_one_alone_is_not_replaced() =>
        Given(Open, PlannedBy(null)).When(it => ChangePrice(it, Dearer, Many, SiteZone, Noon))
            .ThenRefused("change_planned");

    [Fact]
    public void only_its_own_plans_are_taken_back_and_only_until_they_are_in_force()
    {
        Given(Open, Planned).When(it => CancelPriceChange(it, Many, At(4, 30)))
            .Then(new PlannedChangeCancelled(Id, 2, "cancelled", At(4, 30)));
        Given(Open, Planned).When(it => CancelPriceChange(it, Many, At(5, 1))).ThenNothing();
        Given(Open, Planned).When(it => CancelPriceChange(it, Others, Noon)).ThenNothing();
        Given(Open, PlannedBy(null)).When(it => CancelPriceChange(it, Many, Noon)).ThenNothing();
    }

    [Theory]
    [InlineData(4990, "10", 5489)]
    [InlineData(4990, "4.5", 5215)]
    [InlineData(4990, "-10", 4491)]
    [InlineData(10, "5", 11)]
    [InlineData(999_999_999_999, "1000", 10_999_999_999_989)]
    public void percent_is_rounded_to_a_minor_unit_half_of_one_upwards(long before, string percent, long after)
    {
        var terms = new PriceTerms("BRL", null, null, null, null, decimal.Parse(percent, null), May1);
        Assert.Equal(after, terms.PriceOf(Set().Schedule with { Amount = new(before, "BRL") }));
    }

    [Theory]
    [InlineData("brl", null, 5990L, null, "schedule_currency_invalid")]
    [InlineData("BRL", null, null, null, "price_missing")]
    [InlineData("BRL", null, 5990L, 10, "price_missing")]
    [InlineData("BRL", 0L, 5990L, null, "schedule_amount_invalid")]
    [InlineData("BRL", null, 1_000_000_000_000L, null, "schedule_amount_invalid")]
    [InlineData("BRL", null, null, -100, "percent_invalid")]
    [InlineData("BRL", null, null, 0, "percent_invalid")]
    [InlineData("BRL", null, null, 1001, "percent_invalid")]
    public void terms_that_cannot_be_applied_say_why(string currency, long? from, long? to, int? percent, string code)
    {
        var terms = new PriceTerms(currency, from, null, null, to, percent, May1);
        Assert.Equal(code, Assert.Throws<RuleViolation>(terms.Check).Code);
    }

    private static ScheduleChangePlanned PlannedBy(Guid? change) => new(
        Id, Set().Schedule with { Revision = 2, Amount = new(5990, "BRL"), FirstDueOn = May1 }, May1,
        new(May1, TimeOnly.MinValue, TimeSpan.Zero), change, Noon);
}

using System.Globalization;
using Billing.Domain.Profiles;

namespace Billing.Domain.Tests.Profiles;

public class the_day_of_a_debit
{
    private static readonly MethodProfile Sepa = MethodProfiles.BuiltIn.Of(84);

    [Theory]
    [InlineData("2026-03-06", "none", "2026-03-06")]
    [InlineData("2026-03-07", "none", "2026-03-07")]
    [InlineData("2026-03-07", "weekends", "2026-03-09")]
    [InlineData("2026-03-06", "weekends", "2026-03-06")]
    [InlineData("2026-04-03", "weekends", "2026-04-03")]
    [InlineData("2026-04-03", "target2", "2026-04-07")]
    [InlineData("2027-03-26", "target2", "2027-03-30")]
    [InlineData("2026-05-01", "target2", "2026-05-04")]
    [InlineData("2026-12-25", "target2", "2026-12-28")]
    [InlineData("2027-12-25", "target2", "2027-12-27")]
    [InlineData("2027-01-01", "target2", "2027-01-04")]
    [InlineData("2100-03-26", "target2", "2100-03-30")]
    public void moves_to_the_next_day_on_which_banks_work(string day, string rule, string expected) =>
        Assert.Equal(Day(expected), BankDays.Roll(Day(day), ProfileWords.Roll(rule)!.Value));

    [Fact]
    public void is_the_providers_choice_where_nothing_is_set() =>
        Assert.Null(Sepa.ExecutionOn(Day("2026-03-01"), Day("2026-03-01")));

    [Theory]
    [InlineData(2, 0, "2026-03-03")]
    [InlineData(2, 14, "2026-03-16")]
    [InlineData(0, 5, "2026-03-06")]
    [InlineData(0, 6, "2026-03-09")]
    public void leaves_the_bank_its_lead_and_the_customer_the_notice(int lead, int notice, string expected) =>
        Assert.Equal(
            Day(expected),
            (Sepa with { LeadDays = lead, NoticeDays = notice, Roll = DateRoll.Weekends })
                .ExecutionOn(Day("2026-03-01"), Day("2026-03-01")));

    [Fact]
    public void is_the_due_date_where_that_is_far_enough_away() =>
        Assert.Equal(Day("2026-03-20"), (Sepa with { LeadDays = 2 }).ExecutionOn(Day("2026-03-20"), Day("2026-03-01")));

    [Fact]
    public void is_never_named_to_a_method_that_takes_none() =>
        Assert.Null(
            (MethodProfiles.BuiltIn.Of(46) with { LeadDays = 2 }).ExecutionOn(Day("2026-03-01"), Day("2026-03-01")));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

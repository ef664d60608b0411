namespace Billing.Api.Tests.Simulating;

/// <summary>The six invariants of the money after years of everything that can go wrong.</summary>
[Keeps(Promise.NeverChargedTwice, Promise.NothingDueIsForgotten)]
public class years_in_a_minute(Years years) : IClassFixture<Years>
{
    public static TheoryData<int> Seeds => [.. Years.Seeds];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task end_with_equal_records_on_both_sides(int seed) => years.EndOfAsync(seed);

    [Fact]
    public async Task had_in_them_whatever_may_happen_to_a_subscription()
    {
        var came = await years.OccurrencesAsync();

        Assert.All(Occurrences.Names, name => Assert.True(came.GetValueOrDefault(name) > 0, $"There were no {name}."));
    }
}

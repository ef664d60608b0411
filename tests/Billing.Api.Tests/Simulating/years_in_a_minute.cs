namespace Billing.Api.Tests.Simulating;

/// <summary>The five invariants of the money after years of everything that can go wrong.</summary>
public class years_in_a_minute(Years years) : IClassFixture<Years>
{
    public static TheoryData<int> Seeds => [.. Years.Seeds];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task end_with_equal_books_on_both_sides(int seed) => years.EndOfAsync(seed);
}

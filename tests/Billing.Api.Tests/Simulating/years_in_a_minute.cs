using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Billing.Api.Tests.Simulating;

/// <summary>The five invariants of the money after years of everything that can go wrong.</summary>
/// <remarks>BILLING_SIM_SEEDS says how many seeds, BILLING_SIM_FROM the first, BILLING_SIM_SUBSCRIPTIONS and BILLING_SIM_DAYS how much of a world each of them is.</remarks>
public class years_in_a_minute(ITestOutputHelper output)
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(Setting("FROM", 3), Setting("SEEDS", 1))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task end_with_equal_books_on_both_sides(int seed)
    {
        var (took, simulation) = (Stopwatch.StartNew(), new Simulation(seed, Setting("SUBSCRIPTIONS", 30), Setting("DAYS", 100)));
        output.WriteLine($"Seed {seed}");
        await using var world = await simulation.RunAsync();
        var money = await Invariants.OfAsync(world);

        await money.NoPeriodIsPaidTwiceUnsaidAsync();
        await money.EveryCapturedChargeHasItsEventAsync();
        await money.EveryIntentEndsAsync();
        await money.ViewsEqualReplayAsync();
        money.SumsAreEqual();

        Assert.True(money.Captured > Setting("SUBSCRIPTIONS", 30) && simulation.Restarts >= 1 && simulation.FiredRules >= 8, $"Too peaceful: {money.Captured} captured, {simulation.Restarts} restarts, {simulation.FiredRules} kinds of trouble.");
        output.WriteLine($"{money.Captured} captured, {simulation.Restarts} restarts, {simulation.FiredRules} kinds of trouble, {took.Elapsed.TotalSeconds:0} s");
    }

    private static int Setting(string name, int fallback) => int.Parse(Environment.GetEnvironmentVariable($"BILLING_SIM_{name}") ?? $"{fallback}", CultureInfo.InvariantCulture);
}

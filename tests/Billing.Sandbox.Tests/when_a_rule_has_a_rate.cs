using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_rule_has_a_rate
{
    private const int Many = 400;

    [Fact]
    public async Task the_same_seed_meets_the_same_charges_in_whatever_order_they_come()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await SeededAsync(world, 7);
        var first = await DeclinedAsync(world, open, "a", Enumerable.Range(1, Many));

        await using var another = await World.StartAsync();
        await another.AnOpenPreapprovalAsync();
        await SeededAsync(another, 7);
        var second = await DeclinedAsync(another, open, "a", Enumerable.Range(1, Many).Reverse());

        Assert.Equal(first.Order(), second.Order());
        Assert.InRange(first.Length, Many / 5 * 0.6, Many / 5 * 1.4);
    }

    [Fact]
    public async Task another_seed_meets_others_and_the_same_list_put_again_begins_anew()
    {
        await using var world = await World.StartAsync("Dedupe=off");
        var open = await world.AnOpenPreapprovalAsync();
        await SeededAsync(world, 1);
        var first = await DeclinedAsync(world, open, "a", Enumerable.Range(1, Many));
        await SeededAsync(world, 2);
        var other = await DeclinedAsync(world, open, "a", Enumerable.Range(1, Many));
        await SeededAsync(world, 1);
        var again = await DeclinedAsync(world, open, "a", Enumerable.Range(1, Many));

        Assert.NotEqual(first.Order(), other.Order());
        Assert.Equal(first.Order(), again.Order());
    }

    [Fact]
    public async Task a_random_part_of_an_id_changes_nothing()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await SeededAsync(world, 7);
        var first = await DeclinedAsync(world, open, "0190a6c2000070008000000000000001-", Enumerable.Range(1, 100));
        await SeededAsync(world, 7);
        var second = await DeclinedAsync(world, open, "0190a6c2000070008000000000000002-", Enumerable.Range(1, 100));

        Assert.NotEmpty(first);
        Assert.Equal(first.Order(), second.Order());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 20)]
    public async Task none_is_none_and_all_is_all(int percent, int declined)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync($$"""{"operation":"charge","action":"decline","percent":{{percent}}}""");

        Assert.Equal(declined, (await DeclinedAsync(world, open, "a", Enumerable.Range(1, 20))).Length);
    }

    [Fact]
    public async Task notifications_get_lost_at_a_rate_whatever_becomes_of_the_call()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ToolAsync(
            HttpMethod.Put, "/sandbox/scenarios",
            """{"seed":3,"rules":[{"operation":"charge","action":"decline","percent":50},"""
            + """{"operation":"notify","action":"lose_notification","percent":50}]}""");
        await DeclinedAsync(world, open, "a", Enumerable.Range(1, 200));
        await world.UntilIdleAsync();

        var notified = world.Merchant.All.Skip(1).ToArray();
        Assert.InRange(notified.Length, 60, 140);
        Assert.Contains(notified, n => n.Body.Contains("\"Info\":\"Failed\"", StringComparison.Ordinal));
        Assert.Contains(notified, n => n.Body.Contains("\"Info\":\"Success\"", StringComparison.Ordinal));
    }

    private static Task SeededAsync(World world, int seed) =>
        world.ToolAsync(
            HttpMethod.Put, "/sandbox/scenarios",
            $$"""{"seed":{{seed}},"rules":[{"operation":"charge","action":"decline","percent":20}]}""");

    // The numbers of the charges that were declined.
    private static async Task<int[]> DeclinedAsync(
        World world, int preapproval, string prefix, IEnumerable<int> numbers)
    {
        var declined = new System.Collections.Concurrent.ConcurrentBag<int>();
        await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, _) =>
        {
            if ((await world.ChargeAsync(preapproval, $"{prefix}{n}")).Payment.GetProperty("Status").Int("ID") == 4)
            {
                declined.Add(n);
            }
        });
        return [.. declined];
    }
}

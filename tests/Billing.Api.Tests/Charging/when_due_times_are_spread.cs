using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

public sealed class SpreadWorld : SharedWorld
{
    protected override Dictionary<string, string?> Settings =>
        new(base.Settings) { ["Sites__30201__ChargeWindow"] = "18:00-22:00" };
}

public class when_due_times_are_spread(SpreadWorld shared) : IClassFixture<SpreadWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task the_first_day_is_charged_at_once_and_each_later_one_at_its_time()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "day"));
        Assert.Equal(["charged"], await subscriber.Statuses());

        var due = (DateTimeOffset)(await subscriber.View())["nextDue"]!["at"]!;
        Assert.InRange(due, DateTimeOffset.Parse("2030-01-11T18:00:00Z"), DateTimeOffset.Parse("2030-01-11T21:59:59Z"));
        await world.Sandbox.MoveToAsync(due.AddSeconds(-30));
        await world.UntilIdle();
        Assert.Equal(["charged"], await subscriber.Statuses());

        await world.AdvanceAsync("PT30S");
        Assert.Equal(["charged", "charged"], await subscriber.Statuses());
        Assert.Equal(due.AddDays(1), (DateTimeOffset)(await subscriber.View())["nextDue"]!["at"]!);

        await subscriber.Change(Subscriber.Schedule(5990, unit: "day"));
        Assert.Equal(due.AddDays(1), (DateTimeOffset)(await subscriber.View())["nextDue"]!["at"]!);
        (await world.Billing("audit", "verify")).Ended(0);
        await Witness.OneTruthAsync(world, subscriber);
    }
}

using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>The reason the design exists: the process dies between any two steps of a charge, and the customer pays once.</summary>
/// <remarks>The gateway takes every send for a new one and tells nothing by itself; the real lease has to run out.</remarks>
public class crashing_between_steps(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData("charge_due:committed", false)]
    [InlineData("submit_charge:claimed", true)]
    [InlineData("submit_charge:handled", false)]
    [InlineData("submit_charge:committed", false)]
    public async Task the_customer_pays_once(string gap, bool isSentAgain)
    {
        Subscriber subscriber;

        await using (var doomed = await Node.StartAsync(world, killAt: gap))
        {
            subscriber = await world.OpenMeeting("lose_notification");
            await doomed.UntilKilledAsync();
        }

        await using var next = await Node.StartAsync(world);
        await world.UntilIdle();

        // Past the quiet period: only now may "not found" be believed.
        await world.AdvanceAsync("PT2H");

        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal(isSentAgain, (await subscriber.Story()).Contains("charge_resent"));
        Assert.Equal(1, await subscriber.Received(subscriber.ChargeId("300110")));
        await Witness.OneTruthAsync(world, subscriber);
    }
}

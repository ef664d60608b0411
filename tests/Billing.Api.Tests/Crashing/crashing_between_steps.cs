using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>The process dies between any two steps of a charge, and the customer pays once.</summary>
/// <remarks>The gateway accepts every send and sends no notification; the real send window has to pass.</remarks>
[Keeps(Promise.NeverChargedTwice)]
public class crashing_between_steps(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData("sweep:committing", "charge_requested, payment_charged")]
    [InlineData("charge:checking", "charge_requested, payment_outcome_unknown, charge_resent, payment_charged")]
    [InlineData("charge:answered", "charge_requested, payment_charged")]
    [InlineData("record_charge:committed", "charge_requested, payment_charged")]
    public async Task the_customer_pays_once(string gap, string story)
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
        Assert.Equal(
            story, WithoutUnsentSends((await subscriber.Story()).SkipWhile(type => type != "schedule_set").Skip(1)));
        Assert.Equal(1, await subscriber.Received(subscriber.ChargeId("300110")));
        await Witness.OneTruthAsync(world, subscriber);
    }

    // A machine that pauses longer than the send window makes the node record "not sent" and send later. Each pair adds
    // no request to the gateway; the ledger asserts that.
    private static string WithoutUnsentSends(IEnumerable<string> story) =>
        string.Join(", ", story).Replace("charge_stopped, charge_resent, ", "", StringComparison.Ordinal);
}

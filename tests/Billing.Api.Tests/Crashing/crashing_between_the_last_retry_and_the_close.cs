using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>The process dies after the end of dunning is recorded; the preapproval is closed all the same.</summary>
[Keeps(Promise.ClosedIsNotCharged)]
public class crashing_between_the_last_retry_and_the_close(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task it_is_closed_once_and_never_charged_again()
    {
        Subscriber subscriber;

        await using (var doomed = await StartAsync("record_charge:committed"))
        {
            var schedule = Subscribers.Once();
            schedule["AfterRetries"] = "close";
            subscriber = await world.OpenMeeting("decline", schedule: schedule, code: 12);
            await doomed.UntilKilledAsync();
        }

        // It takes the message over, and dies before it sends the close.
        await using (var next = await StartAsync("close_after_dunning:committed"))
        {
            await next.UntilKilledAsync();
        }

        await using var last = await StartAsync(null);
        await world.UntilIdle();
        await world.AdvanceAsync("PT2H");

        var view = await subscriber.View();
        Assert.Equal(("closed", "dunning"), ((string)view["state"]!, (string)view["stateReason"]!));
        Assert.Equal(4, (int)(await subscriber.AtGateway())["Status"]!["ID"]!);
        Assert.Single(await subscriber.EventsOf("close_requested"));
        Assert.Equal(["failed"], await subscriber.Statuses());
        await Witness.OneTruthAsync(world, subscriber);
    }

    private Task<RunningProgram> StartAsync(string? killAt) =>
        Node.StartAsync(world, killAt, settings: Doomed.Hasty);
}

using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Reconciling;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Resolving;

/// <summary>A process that died after its commit and before its call: the intent is found by its state.</summary>
public class when_no_node_resolves_it(ComparedWorld shared) : IClassFixture<ComparedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_close_is_looked_up_and_asked_for()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var now = await world.Sandbox.NowAsync();

        // Long enough ago that no process can still be sending it.
        await world.Services.GetRequiredService<PreapprovalDecisions>().DecideAsync(
            "30201", subscriber.Id, new EventSource("test"),
            state => PreapprovalDecider.RequestClose(state!, now, DateTimeOffset.UtcNow.AddHours(-1)));

        await Waiting.Until(
            "the close is known to be unknown",
            async () => (string?)(await subscriber.View())["unsettled"]?["nextLookUpAt"] is not null);
        Assert.Equal(2, (int)(await subscriber.AtGateway())["Status"]!["ID"]!);

        await world.AdvanceAsync("PT2H");
        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
        Assert.Equal(4, (int)(await subscriber.AtGateway())["Status"]!["ID"]!);
    }
}

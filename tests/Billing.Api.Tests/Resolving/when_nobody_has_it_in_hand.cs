using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Comparing;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Resolving;

/// <summary>What was asked of the gateway and has no message any more is found by its state.</summary>
public class when_nobody_has_it_in_hand(ComparedWorld shared) : IClassFixture<ComparedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_close_is_looked_up_and_asked_for()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var now = await world.Sandbox.NowAsync();

        // As if somebody had removed the message: the wish is in the books and nobody carries it out.
        await world.Services.GetRequiredService<EventStore.EventStore>().WriteAsync(
            new StreamKey("30201", subscriber.Id),
            (session, stream) =>
            {
                session.Append(stream, [.. PreapprovalDecider.RequestClose((Preapproval)stream.State!, [], now)], new Metadata(UserName: "test"));
                return true;
            },
            default);

        // Long enough ago that no claim can still be at work.
        await world.AskBooksAsync<int>("update mt_streams set timestamp = timestamp - interval '1 hour' where id = $1", subscriber.Id);
        await Books.Until("the close is found and carried out", async () => (string)(await subscriber.View())["status"]! == "closed");
        Assert.Equal(4, (int)(await subscriber.AtGateway())["Status"]!["ID"]!);
    }
}

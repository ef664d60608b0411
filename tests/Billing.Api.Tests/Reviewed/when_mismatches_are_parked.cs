using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reviewed;

[Collection(NotifyingCollection.Name)]
public class when_mismatches_are_parked(BelievingWorld world)
{
    [Fact]
    public async Task readiness_counts_them()
    {
        var subscriber = await Subscriber.Open(world.World);
        var before = await Counted();

        await world.World.NotifyAsync(
            Notified.Mandate(subscriber.GatewayId + 6_000_000, subscriber.MerchantPreapprovalId, 4));

        Assert.Equal(before + 1, await Counted());
    }

    private async Task<long> Counted() =>
        (long)(await world.World.Anonymous.ReadAsync("health/ready")).Json["parkedMismatches"]!;
}

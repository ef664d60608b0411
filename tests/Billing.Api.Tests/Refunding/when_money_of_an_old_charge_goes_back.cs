using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Refunding;

[Collection(RefundedCollection.Name)]
public class when_money_of_an_old_charge_goes_back(RefundedWorld shared)
{
    private readonly World world = shared.World;

    // Such a decision needs the whole stream.
    [Fact]
    public async Task a_chargeback_is_recorded_although_the_snapshot_no_longer_holds_the_charge()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());
        await world.AdvanceAsync("P1M");
        await world.AdvanceAsync("P1M");
        await world.AdvanceAsync("P1M");
        var charged = await subscriber.EventsOf("payment_charged");
        Assert.Equal(4, charged.Length);
        var first = new Payment(
            subscriber, (int)charged[0]["Gateway"]!["PaymentId"]!,
            (string)charged[0]["Charge"]!["MerchantTransactionId"]!);
        Assert.DoesNotContain(first.MerchantTransactionId, (await SnapshotAsync(subscriber)).Charges.Keys);

        await first.LeverAsync("chargeback");
        await world.UntilIdle();

        var back = Assert.Single(await subscriber.EventsOf("payment_charged_back"));
        Assert.Equal(first.MerchantTransactionId, (string)back["Charge"]!["MerchantTransactionId"]!);
        await first.AssertKeptAsync(0, 26, "dispute_lost", "charged_back");
        Assert.Equal(
            [0L, 4990L, 4990L, 4990L], (await subscriber.Payments()).Select(one => (long)one["netMinor"]!).Order());
        await Witness.ProveRecordsAsync(world);
    }

    private async Task<Preapproval> SnapshotAsync(Subscriber subscriber)
    {
        await using var session = world.Services.GetRequiredService<IDocumentStore>().QuerySession("30201");

        return (await session.LoadAsync<Preapproval>(subscriber.Id))!;
    }
}

using System.Net;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
[Keeps(Promise.ViewsEqualReplay)]
public class when_rebuilding_a_view(OneWorld shared)
{
    [Theory]
    [InlineData("subscriptions", "mt_doc_subscription")]
    [InlineData("payments", "mt_doc_payment")]
    public async Task its_rows_come_back_from_the_events(string view, string table)
    {
        var subscriber = await Subscriber.Open(shared.World, Subscriber.Schedule());
        await shared.World.UntilIdle();
        var before = await shared.World.DataSource.DocumentsAsync(table);
        await shared.World.DataSource.DoAsync($"delete from {table}");

        (await shared.World.Billing("rebuild", view)).Ended(0).With($"rebuild {view}: ");

        Assert.Equal(before, await shared.World.DataSource.DocumentsAsync(table));

        // The next events continue from there.
        var payment = (int)Assert.Single(await subscriber.Payments())["gatewayPaymentId"]!;
        await shared.World.Sandbox.PostAsync($"sandbox/payments/{payment}/chargeback", null);
        await shared.World.UntilIdle();
        Assert.Equal(0, (long)Assert.Single(await subscriber.Payments())["netMinor"]!);
        (await shared.World.Billing("audit", "verify")).Ended(0).With(" 0 differences");
    }

    // A rebuild that read a stream without its lock would store a view without the events that came since.
    [Fact]
    public async Task nothing_is_lost_of_what_the_service_writes_meanwhile()
    {
        var subscribers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Subscriber.Pending(shared.World)));
        await Task.WhenAll(subscribers.Select(it => shared.World.Sandbox.ApproveAsync(it.GatewayId)));
        await shared.World.UntilIdle();
        using var end = new CancellationTokenSource();
        var charging = subscribers.Select(it => ChargeAsync(it, end.Token)).ToArray();

        var rebuilt = await Task.WhenAll(
            shared.World.Billing("rebuild", "payments"), shared.World.Billing("rebuild", "subscriptions"));
        await end.CancelAsync();
        var charged = await Task.WhenAll(charging);

        Assert.All(rebuilt, verb => verb.Ended(0).With("rebuild "));
        Assert.All(charged, ids => Assert.InRange(ids.Count, 2, int.MaxValue));
        await shared.World.UntilIdle();

        foreach (var (subscriber, ids) in subscribers.Zip(charged))
        {
            Assert.Equal(
                ids.Order(),
                (await subscriber.Payments()).Select(payment => (string)payment["merchantTransactionId"]!).Order());
            Assert.All(await subscriber.Statuses(), status => Assert.Equal("charged", status));
        }

        await Witness.ProveRecordsAsync(shared.World);
    }

    [Fact]
    public async Task an_unknown_one_is_answered_with_those_that_exist() =>
        (await shared.World.Billing("rebuild", "reservations")).Ended(1).With("'reservations'").With("'subscriptions'")
            .With("'payments'");

    // One charge after the other, each with the gateway's notification of it.
    private static async Task<List<string>> ChargeAsync(Subscriber subscriber, CancellationToken end)
    {
        var ids = new List<string>();

        while (!end.IsCancellationRequested)
        {
            ids.Add($"meanwhile-{ids.Count}-{subscriber.GatewayId}");
            Assert.Equal(HttpStatusCode.Created, (await subscriber.Charge(ids[^1])).Status);
        }

        return ids;
    }
}

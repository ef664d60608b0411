using Billing.Api.Tests.Auditing;
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

    [Fact]
    public async Task an_unknown_one_is_answered_with_those_that_exist() =>
        (await shared.World.Billing("rebuild", "reservations")).Ended(1).With("'reservations'").With("'subscriptions'")
            .With("'payments'");
}

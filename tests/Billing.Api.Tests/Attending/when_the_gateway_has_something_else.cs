using System.Text.Json.Nodes;
using Billing.Api.Reconciliation;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Operating;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Attending;

/// <summary>What a comparison has found is listed until a command settles it.</summary>
[Collection(AttentionCollection.Name)]
public class when_the_gateway_has_something_else(AttentionWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task what_differs_at_the_gateway_is_applied_by_one_comparison()
    {
        var drifted = await world.OpenMeeting("decline", code: 12);
        var disputed = await Refunding.Payment.MadeAsync(world, 5000);
        await world.UntilIdle();
        await GatewayPayments.ShowAsync(drifted, Assert.Single(await drifted.Payments()), statusId: 2);
        var lost = drifted.ChargeId($"{await world.Sandbox.NowAsync():yyMMdd}", 2);
        await GatewayPayments.ShowAsync(drifted, lost, statusId: 2);
        await disputed.LeverAsync("dispute", new JsonObject { ["amount"] = 2000 });
        await world.AdvanceAsync("PT1H");
        await disputed.Subscriber.Misbehave("notify", "lose_notification", times: null);
        await disputed.LeverAsync("dispute/win");
        var run = await world.CompareAsync(ReconciliationSchedule.Begin(
            "30201", (await world.Sandbox.NowAsync()).AddDays(-7), await world.Sandbox.NowAsync(), false, "test"));
        Assert.True(run is { IsDone: true, Unasked: 0 }, run.ToString());

        Assert.NotEmpty((await drifted.View())["drift"]!.AsArray());
        var drift = await shared.ItemAsync("drift", drifted);
        var dispute = await shared.ItemAsync("dispute", disputed.Subscriber);
        var stray = Assert.Single(await shared.ItemsAsync("stray"));

        Assert.Contains(".status", (string)drift["why"]!, StringComparison.Ordinal);
        Assert.Equal((2000, disputed.Id), ((long)dispute["amountMinor"]!, (int)dispute["gatewayPaymentId"]!));
        Assert.Equal(lost, (string)stray["merchantTransactionId"]!);
        Assert.Single(new[] { drift, dispute, stray }.Select(item => (string)item["commands"]![0]!).Distinct());
        await shared.RunAsync(drift);
        await shared.GoneAsync("drift", drifted);
        await shared.GoneAsync("dispute", disputed.Subscriber);
        await shared.GoneAsync("stray");
    }

    [Fact]
    public async Task a_preapproval_of_the_gateway_alone_is_recovered_and_a_strange_payment_is_dismissed()
    {
        var subscriber = await Subscriber.Open(world);
        using var made = await when_an_operator_decides.MakeAtGatewayAsync(world, $"elsewhere-{Guid.NewGuid():N}");
        await GatewayPayments.ShowAsync(subscriber, $"shop-{subscriber.GatewayId}", statusId: 2);
        await world.AdvanceAsync("PT1H");
        var now = await world.Sandbox.NowAsync();
        await world.CompareAsync(
            ReconciliationSchedule.Begin("30201", now.AddDays(-7), now, false, "test"));

        var items = await shared.ItemsAsync("stray");

        var preapproval = Assert.Single(items, item => item["gatewayPreapprovalId"] is not null);
        var payment = Assert.Single(
            items, item => (string?)item["merchantTransactionId"] == $"shop-{subscriber.GatewayId}");
        await Task.WhenAll(shared.RunAsync(preapproval), shared.RunAsync(payment, 1));
        await shared.GoneAsync("stray");
        await world.CompareAsync(
            ReconciliationSchedule.Begin("30201", now.AddDays(-7), now, false, "test"));
        Assert.Empty(await shared.ItemsAsync("stray"));
    }
}

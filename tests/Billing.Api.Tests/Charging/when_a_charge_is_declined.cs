using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

[Keeps(Promise.NeverChargedTwice)]
public class when_a_charge_is_declined(SharedWorld shared) : IClassFixture<SharedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task it_is_retried_after_a_day_three_days_and_a_week_until_it_is_paid()
    {
        var subscriber = await DeclinedAsync(times: 3);

        foreach (var (wait, attempts) in new[]
        {
            ("PT23H", 1), ("PT1H", 2), ("P2D", 2), ("P1D", 3), ("P6D", 3), ("P1D", 4)
        })
        {
            await world.AdvanceAsync(wait);
            Assert.Equal(attempts, (await subscriber.Payments()).Length);
        }

        Assert.Equal(["failed", "failed", "failed", "charged"], await subscriber.Statuses());
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task it_is_given_up_with_a_reason_when_every_attempt_is_spent()
    {
        var subscriber = await DeclinedAsync(times: null);

        foreach (var wait in new[] { "P1D", "P3D", "P7D", "P30D" })
        {
            await world.AdvanceAsync(wait);
        }

        Assert.Equal(["failed", "failed", "failed", "failed"], await subscriber.Statuses());
        var exhausted = Assert.Single(await subscriber.EventsOf("retries_exhausted"));
        Assert.Equal((4, "attempts_used"), ((int)exhausted["Attempts"]!, (string)exhausted["Reason"]!));
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task it_is_not_retried_where_the_mandate_will_not_pay_again()
    {
        var subscriber = await DeclinedAsync(times: 1, code: 12);

        await world.AdvanceAsync("P11D");

        Assert.Equal(["failed"], await subscriber.Statuses());
        Assert.Equal(
            "declined_for_good", (string)Assert.Single(await subscriber.EventsOf("retries_exhausted"))["Reason"]!);
        Assert.Null(
            (await subscriber.View())["nextDue"]!["attempt"] is { } attempt && (int)attempt > 1 ? attempt : null);
    }

    [Fact]
    public async Task a_failure_keeps_the_gateways_code()
    {
        var subscriber = await DeclinedAsync(times: 1, code: 125);

        Assert.Equal("125", (string)Assert.Single(await subscriber.Payments())["code"]!);
    }

    [Fact]
    public async Task a_refusal_before_it_became_a_payment_is_not_retried()
    {
        var subscriber = await world.OpenMeeting("refuse", code: 118);
        await world.UntilIdle();

        await world.AdvanceAsync("P11D");

        Assert.Equal(["failed"], await subscriber.Statuses());
        Assert.Equal("refused", (string)Assert.Single(await subscriber.EventsOf("retries_exhausted"))["Reason"]!);
    }

    [Fact]
    public async Task a_refusal_shows_in_every_list_in_the_subscription_and_in_readiness_until_a_charge_succeeds()
    {
        var (before, today) = (await RefusedAsync(), $"{await world.Sandbox.NowAsync():yyyyMMdd}");
        var subscriber = await world.OpenMeeting("refuse", code: 118);
        await world.UntilIdle();
        var id = (string)Assert.Single(await subscriber.Payments())["merchantTransactionId"]!;

        foreach (var list in (string[])
            [
                $"preapprovals/{subscriber.GatewayId}/payments",
                $"preapprovals/{subscriber.GatewayId}/payments?statusID=4",
                $"preapprovals/{subscriber.GatewayId}/payments?startDate={today}000000&endDate={today}235959",
                $"payments?merchantTransactionID={id}",
            ])
        {
            var payment = Assert.Single((await world.Storefront.ReadAsync($"v1/{list}")).Json["Payments"]!.AsArray())!;

            Assert.Equal((id, "4990"), ((string)payment["MerchantTransactionID"]!, (string)payment["Amount"]!));
            Assert.Equal((4, "Failed"), ((int)payment["Status"]!["ID"]!, (string)payment["Status"]!["Info"]!));
            Assert.Equal((null, null), (payment["ID"], payment["Created"]));
        }

        var view = await subscriber.View();
        var refused = view["refusedCharge"]!;
        Assert.Equal("charge_refused", (string)view["trouble"]!);
        Assert.Equal((id, "118"), ((string)refused["merchantTransactionId"]!, (string)refused["code"]!));
        Assert.Equal(before + 1, await RefusedAsync());
        await Witness.ProveRecordsAsync(world);

        await subscriber.Charge($"mended-{subscriber.Id:N}");

        view = await subscriber.View();
        Assert.Equal((null, null), (view["trouble"], view["refusedCharge"]));
        Assert.Equal(before, await RefusedAsync());
    }

    private async Task<long> RefusedAsync() =>
        (long)(await world.Anonymous.ReadAsync("health/ready")).Json["subscriptionsWithRefusedCharge"]!;

    private async Task<Subscriber> DeclinedAsync(int? times, int? code = null)
    {
        var subscriber = await world.OpenMeeting("decline", times, code: code);
        await world.UntilIdle();
        Assert.Equal(["failed"], await subscriber.Statuses());

        return subscriber;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

public sealed class SlowWorld : SharedWorld
{
    // What is slow on purpose is never given up, on a busy machine either.
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Gateway__TimeoutSeconds"] = "25", ["Charging__SendWindowSeconds"] = "30",
        ["Charging__AnswerWithinSeconds"] = "29",
    };
}

[Keeps(Promise.ClosedIsNotCharged)]
public class when_a_subscription_closes(SlowWorld shared) : IClassFixture<SlowWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task neither_a_retry_nor_a_period_is_charged_any_more()
    {
        var subscriber = await world.OpenMeeting("decline", schedule: Subscriber.Schedule());
        await world.UntilIdle();

        Assert.Equal(HttpStatusCode.OK, (await subscriber.Close()).Status);
        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P2M");

        Assert.Equal(["failed"], await subscriber.Statuses());
        Assert.Equal("closing", (string)Assert.Single(await subscriber.EventsOf("retries_exhausted"))["Reason"]!);
        Assert.Single(
            (await world.Sandbox.LedgerAsync()).OfType<JsonNode>(),
            charge => (int?)charge["preapprovalId"] == subscriber.GatewayId);
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task money_that_was_being_taken_is_recorded_before_it_closes()
    {
        var subscriber = await world.OpenMeeting("slow", delayMs: 5_000);
        await Subscribers.Until(async () => await subscriber.Received(await OnlyChargeAsync(subscriber)) == 1);

        Assert.Equal(HttpStatusCode.OK, (await subscriber.Close()).Status);

        Assert.Equal(["close_requested", "payment_charged", "preapproval_closed"], (await subscriber.Story())[^3..]);
        Assert.Equal(4, (int)(await subscriber.AtGateway())["Status"]!["ID"]!);
        Assert.Equal(("too_late", "charged"), await FateAsync(subscriber));
        await world.UntilIdle();
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task a_period_that_waited_for_a_free_call_is_never_requested()
    {
        var tomorrow = DateOnly.FromDateTime((await world.Sandbox.NowAsync()).UtcDateTime).AddDays(1);
        var subscriber = await Subscriber.Open(
            world, Subscriber.Schedule(unit: "year", every: 10, firstDueOn: tomorrow.ToString("O")));

        // The service calls the gateway twice at once; both calls are taken.
        var busy = await Task.WhenAll(
            world.OpenMeeting("slow", delayMs: 12_000), world.OpenMeeting("slow", delayMs: 12_000));
        await Subscribers.Until(async () =>
            (await Task.WhenAll(busy.Select(async it => await it.Received(await OnlyChargeAsync(it))))).Sum() == 2);
        await world.Sandbox.AdvanceAsync("P1D");
        await Subscribers.Until(async () => (long)(await world.Anonymous.ReadAsync("sandbox/idle")).Json["due"]! == 1);

        Assert.Equal(HttpStatusCode.OK, (await subscriber.Close()).Status);
        await world.UntilIdle();

        Assert.Empty(await subscriber.Payments());
        Assert.Equal([$"{tomorrow:O} closing"], await subscriber.Skipped());
        await Witness.OneTruthAsync(world, [subscriber, .. busy]);
    }

    [Fact]
    public async Task asking_twice_closes_once_and_is_answered_alike()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());

        var (first, second) = (await subscriber.Close(), await subscriber.Close());

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(first, second);
        Assert.Single(await subscriber.Story(), "preapproval_closed");
        Assert.Equal("merchant", (string)(await subscriber.View())["closedBy"]!);
    }

    [Fact]
    public async Task a_customer_who_closes_at_the_gateway_is_charged_no_more()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());

        await world.Sandbox.CloseAsCustomerAsync(subscriber.GatewayId);
        await world.UntilIdle();
        await world.AdvanceAsync("P2M");

        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal(
            ("closed", "customer"),
            ((string)(await subscriber.View())["status"]!, (string)(await subscriber.View())["closedBy"]!));
    }

    [Fact]
    public async Task months_later_its_stream_is_archived_and_late_truth_takes_it_out_again()
    {
        var (over, open) =
            (await Subscriber.Open(world, Subscribers.Once()), await Subscriber.Open(world, Subscribers.Once()));
        Assert.Equal(HttpStatusCode.OK, (await over.Close()).Status);
        await world.AdvanceAsync("P1D");
        (await ArchiveAsync()).With("archive 30201: 0 streams").With("money_may_go_back")
            .With("archive 30202: 0 streams, 0 events, 0 kept");
        Assert.False(await IsArchivedAsync(over));

        await world.AdvanceAsync("P7M");
        (await ArchiveAsync()).With("archive 30201: ").With(" kept");
        Assert.Equal((true, false), (await IsArchivedAsync(over), await IsArchivedAsync(open)));
        Assert.Equal("closed", (string)(await over.View())["status"]!);
        Assert.Equal("preapproval_closed", (await over.Story())[^1]);

        var id = (int)(await over.Payments())[0]["gatewayPaymentId"]!;
        await world.Sandbox.PostAsync($"sandbox/payments/{id}/chargeback", null);
        await world.UntilIdle();

        Assert.Contains("payment_charged_back", await over.Story());
        Assert.False(await IsArchivedAsync(over));
        (await ArchiveAsync()).With("money_may_go_back 1");
        (await world.Billing("audit", "verify")).Ended(0);
    }

    private async Task<Ending> ArchiveAsync() =>
        (await world.Billing("archive", "--closed-before", (await world.Sandbox.NowAsync())
            .UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))).Ended(0);

    private Task<bool> IsArchivedAsync(Subscriber it) => world.QueryAsync<bool>(
        "select bool_and(e.is_archived) and bool_and(s.is_archived) from mt_streams s join "
        + "mt_events e on e.stream_id = s.id where s.id = $1", it.Id);

    // As the receipt states it.
    private static async Task<(string AtClose, string Now)> FateAsync(Subscriber subscriber)
    {
        var receipt = (await subscriber.World.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/closing")).Json;
        Assert.Equal(
            ("closed", "merchant", true, "storefront-30201"),
            (
                (string)receipt["standing"]!, (string)receipt["closedBy"]!, (bool)receipt["gatewayConfirmed"]!,
                (string)receipt["asked"]!["by"]!));
        var charge = Assert.Single(receipt["charges"]!.AsArray())!;

        return ((string)charge["atClose"]!, (string)charge["now"]!);
    }

    private static async Task<string> OnlyChargeAsync(Subscriber subscriber) =>
        (await subscriber.Payments()) is [var payment] ? (string)payment["merchantTransactionId"]! : "none yet";
}

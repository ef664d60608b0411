using System.Text.Json.Nodes;
using Billing.Api.Comparing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Comparing;

public sealed class ComparedWorld : SharedWorld
{
    protected override Dictionary<string, string?> Settings => new(base.Settings) { ["Drift__CallsPerSecond"] = "500" };
}

/// <summary>What nobody told us is found by asking.</summary>
public class when_the_gateway_differs(ComparedWorld shared) : IClassFixture<ComparedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_success_that_nobody_told_and_no_retry_would_find_is_found()
    {
        var subscriber = await world.OpenMeeting("decline", code: 12);
        await world.UntilIdle();
        Assert.Equal("declined_for_good", (string)Assert.Single(await subscriber.EventsOf("retries_exhausted"))["Reason"]!);
        await SilentlyAsync(subscriber, 2);
        await world.AdvanceAsync("PT1H");

        await WalkAsync(heal: false);
        Assert.Equal(["failed"], await subscriber.Statuses());
        Assert.EndsWith(".status", Assert.Single((await subscriber.View())["drift"]!.AsArray())!.ToString());

        Assert.True((await WalkAsync(heal: true)).Healed > 0);
        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal("LookUp", (string)Assert.Single(await subscriber.EventsOf("payment_charged"))["LearntFrom"]!);
        Assert.Equal(["drift_found", "payment_charged", "drift_healed"], (await subscriber.Story())[^3..]);
        Assert.Empty((await subscriber.View())["drift"]!.AsArray());
    }

    [Fact]
    public async Task a_mandate_that_was_closed_without_a_word_is_closed_here()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var theirs = await subscriber.AtGateway();
        theirs["Status"] = new JsonObject { ["ID"] = 4 };
        await world.Sandbox.PostAsync("sandbox/fixtures", new JsonObject { ["Preapprovals"] = new JsonArray(theirs.DeepClone()) });

        await WalkAsync(heal: true);

        var view = await subscriber.View();
        Assert.Equal(("closed", "customer"), ((string)view["status"]!, (string)view["closedBy"]!));
        Assert.Empty(view["drift"]!.AsArray());
    }

    [Fact]
    public async Task a_payment_that_our_books_lack_is_raised_and_never_adopted()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var strange = subscriber.ChargeId("300210");
        await PaymentAsync(subscriber, new JsonObject { ["MerchantTransactionID"] = strange, ["Status"] = new JsonObject { ["ID"] = 2 } });
        await world.AdvanceAsync("PT1H");

        var said = await world.Billing("audit", "drift", "--site", "30201", "--heal");

        said.Ended(1).With($"({strange}): not_in_our_books").With("audit drift: ").With("open");
        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.DoesNotContain("drift_found", await subscriber.Story());
        await world.AskBooksAsync<int>("delete from drift_strays");
    }

    [Fact]
    public async Task an_error_of_the_gateway_is_read_as_nothing()
    {
        var subscriber = await world.OpenMeeting("decline", code: 12);
        await world.UntilIdle();
        await SilentlyAsync(subscriber, 2);
        await world.AdvanceAsync("PT1H");
        var story = await subscriber.Story();

        await subscriber.Misbehave("read", "error_500", null);
        await subscriber.Misbehave("find", "error_500", null);
        var walk = await WalkAsync(heal: true);
        Assert.True(walk.Unasked >= 2, walk.ToString());
        Assert.Equal(story, await subscriber.Story());

        // The next walk asks again.
        await world.Sandbox.BehaveAsync();
        await WalkAsync(heal: true);
        Assert.Equal(["charged"], await subscriber.Statuses());
    }

    [Fact]
    public async Task a_walk_that_was_cut_short_goes_on_where_it_stopped()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Subscriber.Pending(world)));
        var (log, now) = (world.Services.GetRequiredService<WalkLog>(), await world.Sandbox.NowAsync());
        var (mine, anothers) = (Guid.NewGuid(), Guid.NewGuid());

        // One node has taken two steps, and nobody else may; then its lease is over.
        Assert.True(await log.BeginAsync(NightlyWalk.Begin("30201", now.AddDays(-1), now, true, "test"), mine, now, default));
        var ids = await world.Services.GetRequiredService<ComparedBooks>().PreapprovalsAsync("30201", Guid.Empty, now.AddDays(-1), 2, default);
        Assert.True(await log.SaveAsync((await log.LastAsync("30201", default))! with { AfterPreapproval = ids[1], Preapprovals = 2 }, mine, now, default));
        Assert.Null(await Walker.GoOnAsync("30201", _ => { }, default));
        Assert.Null(await log.TakeAsync("30201", anothers, default));
        await world.AskBooksAsync<int>("update drift_walks set leased_until = clock_timestamp()");

        // The service's own job may be the one that goes on.
        await Walker.GoOnAsync("30201", _ => { }, default);
        await Books.Until("the walk is done", async () => (await log.LastAsync("30201", default))!.IsDone);

        var all = await world.AskBooksAsync<long>("select count(*) from subscriptions where tenant_id = '30201' and gateway_preapproval_id is not null and (closed_at is null or closed_at >= $1)", now.AddDays(-1));
        Assert.Equal(all, (await log.LastAsync("30201", default))!.Preapprovals);
        Assert.False(await log.SaveAsync((await log.LastAsync("30201", default))!, mine, now, default));
    }

    private DriftWalk Walker => world.Services.GetRequiredService<DriftWalk>();

    private async Task<Walk> WalkAsync(bool heal)
    {
        var now = await world.Sandbox.NowAsync();

        return (await Walker.BeginAsync(NightlyWalk.Begin("30201", now.AddDays(-7), now, heal, "test"), _ => { }, default))!;
    }

    private async Task SilentlyAsync(Subscriber subscriber, int statusId)
    {
        var ours = Assert.Single(await subscriber.Payments());
        await PaymentAsync(subscriber, new JsonObject
        {
            ["ID"] = (int)ours["gatewayPaymentId"]!, ["MerchantTransactionID"] = (string)ours["merchantTransactionId"]!, ["Status"] = new JsonObject { ["ID"] = statusId },
        });
    }

    private async Task PaymentAsync(Subscriber subscriber, JsonObject payment)
    {
        foreach (var (name, value) in new (string, JsonNode)[] { ("SiteID", 30201), ("MethodID", 46), ("PreapprovalID", subscriber.GatewayId), ("Amount", "4990"), ("Currency", "BRL") })
        {
            payment[name] = value;
        }

        await world.Sandbox.PostAsync("sandbox/fixtures", new JsonObject { ["Payments"] = new JsonArray(payment) });
    }
}

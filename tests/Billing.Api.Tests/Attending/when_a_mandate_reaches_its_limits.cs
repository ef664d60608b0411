using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Tests.Attending;

/// <summary>A world in which a mandate of SEPA Direct Debit lapses after half a year.</summary>
public sealed class LimitedWorld : AttentionWorld
{
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Profiles__84__Version"] = "1001", ["Profiles__84__LapseMonths"] = "6",
    };
}

/// <summary>The merchant is warned before, and after it nothing is charged.</summary>
public class when_a_mandate_reaches_its_limits(LimitedWorld shared) : IClassFixture<LimitedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task one_that_is_not_used_is_warned_about_and_not_charged_once_it_has_lapsed()
    {
        var yearly = await Subscriber.Open(world, Subscriber.Schedule(1500, "EUR", "year"), 84);
        await world.UntilIdle();
        await world.AdvanceAsync("P20D");
        Assert.Equal(["charged"], await yearly.Statuses());
        Assert.DoesNotContain(
            await shared.ItemsAsync("mandate_lapses_soon"), item => (Guid?)item["subscriptionId"] == yearly.Id);

        await world.AdvanceAsync("P90D");
        var warned = await shared.ItemAsync("mandate_lapses_soon", yearly);
        var lapsesOn = (string)(await yearly.View())["mandateLapsesOn"]!;
        Assert.Contains($"lapses on {lapsesOn}", (string)warned["why"]!, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode)201, (await yearly.Charge("in-time", 200, "EUR")).Status);
        await shared.GoneAsync("mandate_lapses_soon", yearly);

        await world.AdvanceAsync("P190D");
        var lapsed = await shared.ItemAsync("mandate_lapsed", yearly);
        await AssertRefusedAsync(yearly, "mandate_lapsed");
        var (_, refused) = await yearly.Charge("too-late", 200, "EUR");
        Assert.Equal("12", (string)refused["Payment"]!["Status"]!["Reasons"]![0]!["Code"]!);

        await world.AdvanceAsync("P70D");
        Assert.Equal(["charged", "charged"], await yearly.Statuses());
        Assert.Equal(
            "mandate_lapsed", (string)Assert.Single(await yearly.EventsOf("charge_skipped"))["Reason"]!);
        await shared.RunAsync(lapsed);
        await shared.GoneAsync("mandate_lapsed", yearly);
    }

    [Fact]
    public async Task a_maximum_of_all_charges_is_shown_and_warned_about_before_it_is_reached()
    {
        var subscriber = await OpenWithMaximumAsync(58, 2500, Subscriber.Schedule(1000, "USD"));
        await world.AdvanceAsync("P1D");
        Assert.Equal(
            """{"bounds":"all_charges","amountMinor":2500,"currency":"USD","takenMinor":1000,"leftMinor":1500}""",
            (await subscriber.View())["maximum"]!.ToJsonString());
        Assert.DoesNotContain(
            await shared.ItemsAsync("maximum_nearly_used"), item => (Guid?)item["subscriptionId"] == subscriber.Id);

        await world.AdvanceAsync("P31D");
        await shared.ItemAsync("maximum_nearly_used", subscriber);
        var upcoming = (await world.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/upcoming?count=1")).Json;
        Assert.Equal("over_cap", (string)upcoming["upcoming"]![0]!["state"]!);
        var refused = await ChangeAsync(subscriber, 600);
        Assert.Equal("amount_over_cap", (string)refused.Json["code"]!);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync(subscriber, 500)).Status);
        await shared.GoneAsync("maximum_nearly_used", subscriber);
    }

    [Fact]
    public async Task a_maximum_of_each_charge_bounds_the_price()
    {
        var refused = await PostAsync(46, 4989, Subscriber.Schedule());
        Assert.Equal(
            "118", (string)refused["Preapproval"]!["Status"]!["Reasons"]![0]!["Code"]!);
        var subscriber = await OpenWithMaximumAsync(46, 4990, Subscriber.Schedule());
        Assert.Equal(
            """{"bounds":"each_charge","amountMinor":4990,"currency":"BRL","takenMinor":null,"leftMinor":null}""",
            (await subscriber.View())["maximum"]!.ToJsonString());
        await AssertRefusedAsync(subscriber, "amount_over_cap", 4991);

        await shared.RecordAsync(subscriber, state => Registered(
            state, state.Gateway!, state.Terms with { MaximumAmountHundredths = 4000 }));
        await world.AdvanceAsync("P32D");

        Assert.Equal("over_cap", (string)Assert.Single(await subscriber.EventsOf("charge_skipped"))["Reason"]!);
        await shared.RunAsync(await shared.ItemAsync("price_over_maximum", subscriber));
        await shared.GoneAsync("price_over_maximum", subscriber);
    }

    [Fact]
    public async Task a_frequency_that_is_learnt_later_stops_a_schedule_that_charges_more_often()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "week"));
        await world.UntilIdle();
        await shared.RecordAsync(subscriber, state => Registered(
            state, state.Gateway! with { Frequency = "monthly" }, state.Terms));
        await world.AdvanceAsync("P8D");

        Assert.Equal(
            "frequency_exceeded", (string)Assert.Single(await subscriber.EventsOf("charge_skipped"))["Reason"]!);
        await shared.RunAsync(await shared.ItemAsync("frequency_exceeded", subscriber));
        await shared.GoneAsync("frequency_exceeded", subscriber);
        await world.AdvanceAsync("P31D");
        Assert.Equal(["charged", "charged"], await subscriber.Statuses());
    }

    private static PreapprovalRegistered Registered(
        Preapproval state, Domain.Gateway.GatewayMandate gateway, Domain.Gateway.MandateTerms terms) =>
        new(state.Id, gateway, terms, new(null, null, null, null, null, null), LearntFrom.LookUp, state.RequestedAt);

    private async Task AssertRefusedAsync(Subscriber subscriber, string code, long amountMinor = 100)
    {
        var reply = await world.Storefront.AskAsync(
            HttpMethod.Post, $"v1/subscriptions/{subscriber.Id}/charges",
            $"{{\"merchantTransactionId\":\"extra-{subscriber.Id:N}\",\"amountMinor\":{amountMinor}}}");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (reply.Status, (string)reply.Json["code"]!));
    }

    private Task<HttpReply> ChangeAsync(Subscriber subscriber, long amountMinor) => world.Storefront.AskAsync(
        HttpMethod.Post, $"v1/subscriptions/{subscriber.Id}/schedule", $"{{\"amountMinor\":{amountMinor}}}");

    private async Task<Subscriber> OpenWithMaximumAsync(int methodId, long maximum, JsonObject schedule)
    {
        var created = (await PostAsync(methodId, maximum, schedule))["Preapproval"]!;
        await world.Sandbox.ApproveAsync((int)created["ID"]!);
        await world.UntilIdle();
        var name = (string)created["MerchantPreapprovalID"]!;
        var found = (await world.Storefront.ReadAsync($"v1/subscriptions?merchantPreapprovalId={name}")).Json;

        return new Subscriber(world, (int)created["ID"]!, (Guid)found["subscriptions"]![0]!["id"]!, name);
    }

    private async Task<JsonNode> PostAsync(int methodId, long maximum, JsonObject schedule)
    {
        var request = Subscriber.Request($"sub-{Guid.NewGuid():N}", methodId, schedule);
        request["Preapproval"]!["PreapprovedMaximumAmount"] = maximum;
        using var answer = await world.Storefront.PostAsJsonAsync("v1/preapprovals", request);

        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Reviewed;

[Collection(GlobalPayCollection.Name)]
public class when_a_preapproval_is_changed(OneWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task the_answer_shows_the_schedule_that_the_change_set()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(firstDueOn: "2099-01-31"));

        var reply = await Change(subscriber, Subscriber.Schedule(amountMinor: 9990));

        Assert.Equal(
            (HttpStatusCode.Created, 9990, "2099-01-31"),
            (
                reply.Status, (long)reply.Preapproval["Schedule"]!["AmountMinor"]!,
                (string)reply.Preapproval["Schedule"]!["FirstDueOn"]!));
    }

    [Fact]
    public async Task a_new_price_counts_from_the_same_day()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());
        var before = (await Shown(subscriber)).DeepClone();
        before["AmountMinor"] = 5990;

        // One period is decided: the next revision starts a month later and shows the day it always counted from.
        Assert.Equal(HttpStatusCode.Created, (await Change(subscriber, before.DeepClone().AsObject())).Status);

        Assert.Equal((string)before["FirstDueOn"]!, (string)(await Shown(subscriber))["FirstDueOn"]!);
        Assert.NotEqual((string)before["FirstDueOn"]!, (string)(await subscriber.View())["schedule"]!["firstDueOn"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task twins_make_one_change(bool withRequestId)
    {
        var (subscriber, requestId) = (await Subscriber.Open(world), withRequestId ? $"{Guid.NewGuid()}" : null);
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "change", ["action"] = "slow", ["preapprovalId"] = subscriber.GatewayId, ["delayMs"] = 700
        });

        var reply = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Change(subscriber, null, requestId)));

        Assert.All(reply, one => Assert.True(one.Status is HttpStatusCode.Created, one.Text));
        Assert.Single(reply.Select(one => one.Text).Distinct());
    }

    [Fact]
    public async Task a_close_beside_a_running_change_is_answered_by_its_own_end()
    {
        var subscriber = await Subscriber.Open(world);
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "change", ["action"] = "slow", ["preapprovalId"] = subscriber.GatewayId, ["delayMs"] = 5_000
        });
        var change = Change(subscriber, null);
        await Waiting.Until(
            "the change was asked for", async () => await subscriber.TimesAsync("change_requested") == 1);

        var closed = await world.Storefront.AskAsync(HttpMethod.Delete, $"v1/preapprovals/{subscriber.GatewayId}");

        Assert.Equal(
            (HttpStatusCode.OK, "ClosedByCustomer"), (closed.Status, (string)closed.Preapproval["Status"]!["Info"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await change).Status);
    }

    [Fact]
    public async Task after_its_customer_was_forgotten_it_is_refused_at_once_and_nothing_is_sent()
    {
        var subscriber = await Subscriber.Open(world);
        await world.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", subscriber.Id, "test", default);
        var story = await subscriber.Story();

        var reply = await Change(subscriber, null);

        reply.AssertRefused(HttpStatusCode.UnprocessableEntity, "Preapproval", "2");
        Assert.Contains("forgotten", reply.Text, StringComparison.Ordinal);
        Assert.Equal(story, await subscriber.Story());
        Assert.NotEqual("changed", (string)(await subscriber.AtGateway())["Description"]!);
    }

    private Task<HttpReply> Change(Subscriber subscriber, JsonObject? schedule, string? requestId = null)
    {
        var body = Subscriber.Request(subscriber.MerchantPreapprovalId, schedule: schedule);
        body["Preapproval"]!["Description"] = "changed";

        return world.Storefront.AskAsync(HttpMethod.Patch, $"v1/preapprovals/{subscriber.GatewayId}", body, requestId);
    }

    private async Task<JsonNode> Shown(Subscriber subscriber) =>
        (await world.Storefront.ReadAsync($"v1/preapprovals/{subscriber.GatewayId}")).Preapproval["Schedule"]!;
}

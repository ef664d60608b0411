using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

public class when_a_subscription_changes(SharedWorld shared) : IClassFixture<SharedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_new_price_holds_from_the_first_period_that_was_not_requested_yet()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());

        Assert.Equal(HttpStatusCode.Created, (await subscriber.Change(Subscriber.Schedule(5990))).Status);
        await world.AdvanceAsync("P1M");

        Assert.Equal("4990, 5990", await AmountsAsync(subscriber));
        Assert.Equal(1, await subscriber.Received((string)(await subscriber.Payments())[1]["merchantTransactionId"]!));
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task a_retry_of_a_period_from_before_the_change_asks_for_the_old_price()
    {
        var subscriber = await world.OpenMeeting("decline", schedule: Subscriber.Schedule());
        await world.UntilIdle();

        await subscriber.Change(Subscriber.Schedule(5990));
        await world.AdvanceAsync("P1D");

        Assert.Equal("4990, 4990", await AmountsAsync(subscriber));
        Assert.Equal(["failed", "charged"], await subscriber.Statuses());
    }

    [Fact]
    public async Task a_new_anchor_moves_the_next_period_and_those_after_it()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());
        var first = DateOnly.Parse((await subscriber.ChargedOn())[0]);
        var anchor = first.AddDays(20);

        await subscriber.Change(Subscriber.Schedule(firstDueOn: anchor.ToString("O")));
        await world.AdvanceAsync("P21D");
        await world.AdvanceAsync("P1M");

        Assert.Equal([first, anchor, anchor.AddMonths(1)], (await subscriber.ChargedOn()).Select(DateOnly.Parse));
    }

    [Fact]
    public async Task a_change_of_unknown_outcome_leaves_the_old_schedule_until_the_gateway_shows_it()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());
        await subscriber.Misbehave("change", "act_then_500");
        await subscriber.Misbehave("read", "error_500", times: null);
        var changing = await ChangeUnknownAsync(subscriber);

        await world.AdvanceAsync("P1M");
        Assert.Equal("4990, 4990", await AmountsAsync(subscriber));
        Assert.Equal("change", (string)(await subscriber.View())["unsettled"]!["operation"]!);

        await world.Sandbox.BehaveAsync();
        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P1M");
        await changing;

        Assert.Equal("4990, 4990, 5990", await AmountsAsync(subscriber));
        Assert.Single(await subscriber.Story(), "preapproval_changed");
    }

    [Fact]
    public async Task a_look_up_of_a_state_that_has_been_looked_up_meanwhile_is_not_recorded()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        await subscriber.Misbehave("change", "act_then_500");
        await subscriber.Misbehave("read", "error_500", times: null);
        var changing = await ChangeUnknownAsync(subscriber);
        var stale = await world.StateAsync(subscriber);
        await world.AdvanceAsync("PT6M");
        var story = await subscriber.Story();

        await world.LookUpAsync(stale);

        Assert.Equal(story, await subscriber.Story());
        await world.Sandbox.BehaveAsync();
        await world.AdvanceAsync("P1D");
        await changing;
    }

    [Fact]
    public async Task a_late_look_up_of_a_change_does_not_touch_the_close_that_came_after_it()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        await subscriber.Misbehave("change", "act_then_500");
        await subscriber.Misbehave("close", "act_then_500");
        await subscriber.Misbehave("read", "error_500", times: null);
        var changing = await ChangeUnknownAsync(subscriber);
        var stale = await world.StateAsync(subscriber);
        var closing = subscriber.Close();
        await Subscribers.Until(async () => (await subscriber.View())["unsettled"] is { } open
            && (string)open["operation"]! == "close" && open["nextLookUpAt"] is not null);
        var story = await subscriber.Story();

        await world.LookUpAsync(stale);

        Assert.Equal(story, await subscriber.Story());
        await world.Sandbox.BehaveAsync();
        await world.AdvanceAsync("P1D");
        await changing;
        await closing;
        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
    }

    // Repeating a change is harmless.
    [Fact]
    public async Task a_change_that_never_arrived_is_sent_again_when_the_gateway_still_shows_the_old_terms()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());
        await subscriber.Misbehave("change", "error_500");
        var changing = await ChangeUnknownAsync(subscriber);

        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P1M");
        await changing;

        Assert.Single(await subscriber.EventsOf("mandate_call_resent"));
        Assert.Single(await subscriber.EventsOf("preapproval_changed"));
        Assert.Equal("4990, 5990", await AmountsAsync(subscriber));
        Assert.Equal("changed subscription", (string)(await subscriber.AtGateway())["Description"]!);
        Assert.Null((await subscriber.View())["unsettled"]);
    }

    // A field that is left out of the comparison would let a lost change count as applied.
    [Fact]
    public async Task a_change_of_one_field_that_never_arrived_is_not_taken_for_applied()
    {
        (string Object, string Field, string Value)[] fields =
        [
            ("BillingAddress", "StreetNumber", "77"), ("BillingAddress", "State", "SP"),
            ("BillingAddress", "HouseNumber", "3"), ("Customer", "SocialSecurityNumber", "00003456789"),
            ("Customer", "DateOfBirth", "19820531"), ("Customer", "Phone", "0765269999"),
        ];
        var subscribers = await Task.WhenAll(fields.Select(async field =>
        {
            var subscriber = await Subscriber.Open(world);
            await subscriber.Misbehave("change", "error_500");

            return (Field: field, Subscriber: subscriber);
        }));
        var changing = subscribers.Select(one =>
        {
            var request = Subscriber.Request(one.Subscriber.MerchantPreapprovalId);
            request["Preapproval"]![one.Field.Object]![one.Field.Field] = one.Field.Value;

            return world.Storefront.AskAsync(HttpMethod.Patch, $"v1/preapprovals/{one.Subscriber.GatewayId}", request);
        }).ToArray();
        await Task.WhenAll(subscribers.Select(one => Subscribers.Until(
            async () => (await one.Subscriber.View())["unsettled"]?["nextLookUpAt"] is not null)));

        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P1D");
        await Task.WhenAll(changing);

        foreach (var (field, subscriber) in subscribers)
        {
            Assert.Single(await subscriber.EventsOf("mandate_call_resent"));
            Assert.Equal(field.Value, (string?)(await subscriber.AtGateway())[field.Object]![field.Field]);
        }
    }

    [Fact]
    public async Task a_change_of_what_only_another_method_shows_is_not_taken_for_applied_and_gets_an_owner()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        await subscriber.Misbehave("change", "error_500", times: null);
        var request = Subscriber.Request(subscriber.MerchantPreapprovalId);
        request["Preapproval"]!["Customer"]!["SocialSecurityNumber2"] = "00003456789";
        // Answered 504 after half a minute, for which nothing waits here.
        using var storefront = world.Client("30201", "storefront-key-30201");
        _ = storefront.AskAsync(HttpMethod.Patch, $"v1/preapprovals/{subscriber.GatewayId}", request);

        for (var days = 0; days < 30 && (await subscriber.View())["unsettled"]?["owner"] is null; days++)
        {
            await world.AdvanceAsync("P1D");
        }

        Assert.Equal("operator", (string?)(await subscriber.View())["unsettled"]?["owner"]);
        Assert.DoesNotContain("preapproval_changed", await subscriber.Story());
    }

    [Fact]
    public async Task a_change_that_replaces_one_with_an_owner_gets_its_own_answer()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var now = await world.Sandbox.NowAsync();
        await world.Services.GetRequiredService<PreapprovalDecisions>().DecideAsync(
            "30201", subscriber.Id, new EventSource("test"), state =>
            [
                new ChangeRequested(state!.Id, state.Terms, null, null, null, DateTimeOffset.UtcNow, now),
                new MandateOutcomeUnknown(state.Id, MandateOperation.Change, "not_shown", 2, null, "operator", now),
            ]);

        var (status, body) = await subscriber.Change(null, "the change that was asked for later");

        Assert.True(status is HttpStatusCode.Created, body.ToJsonString());
        Assert.Equal("the change that was asked for later", (string)body["Preapproval"]!["Description"]!);
        Assert.Equal(
            ["change_failed", "change_requested", "preapproval_changed"], (await subscriber.Story())[^3..]);
    }

    [Fact]
    public async Task a_refused_change_is_answered_with_its_code_and_changes_nothing()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());
        await subscriber.Misbehave("change", "refuse", code: 105);

        var (status, body) = await subscriber.Change(Subscriber.Schedule(5990));
        await world.AdvanceAsync("P1M");

        Assert.Equal(
            (HttpStatusCode.BadRequest, "105"), (status, $"{body["Preapproval"]!["Status"]!["Reasons"]![0]!["Code"]}"));
        Assert.Equal("4990, 4990", await AmountsAsync(subscriber));
        Assert.NotEqual("changed subscription", (string)(await subscriber.AtGateway())["Description"]!);
    }

    // The storefront's call waits for an answer or gets 504; the test goes on when the outcome is recorded as unknown.
    private static async Task<Task> ChangeUnknownAsync(Subscriber subscriber)
    {
        var changing = subscriber.Change(Subscriber.Schedule(5990));
        await Subscribers.Until(async () => (await subscriber.View())["unsettled"]?["nextLookUpAt"] is not null);

        return changing;
    }

    private static async Task<string> AmountsAsync(Subscriber subscriber) =>
        string.Join(", ", (await subscriber.Payments()).Select(payment => (long)payment["amountMinor"]!));
}

using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

/// <summary>Its site suspends, unless a schedule says otherwise.</summary>
public sealed class SuspendingWorld : SharedWorld
{
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Sites__30201__AfterRetries"] = "suspend",
        ["Jobs__RetrySeconds__0"] = "0.1", ["Jobs__RetrySeconds__1"] = "0.1", ["Jobs__RetrySeconds__2"] = "0.1",
        ["Jobs__RetrySeconds__3"] = "0.1",
    };
}

[Keeps(Promise.NeverChargedTwice)]
public class when_dunning_ends(SuspendingWorld shared) : IClassFixture<SuspendingWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task charging_goes_on_and_a_retry_by_hand_takes_the_money_once()
    {
        var subscriber = await DeclinedAsync(Rule("continue"), times: 4);

        foreach (var wait in new[] { "P1D", "P3D", "P7D" })
        {
            await world.AdvanceAsync(wait);
        }

        await AssertStateAsync(subscriber, "past_due", "retries_exhausted");
        var dueOn = (string)(await subscriber.Payments())[0]["dueOn"]!;
        Assert.Equal(
            $$"""{"since":"{{dueOn}}","amounts":[{"amountMinor":4990,"currency":"BRL"}],"periods":1}""",
            (await subscriber.View())["pastDue"]!.ToJsonString());
        Assert.Equal("Continue", (string)Assert.Single(await subscriber.EventsOf("dunning_ended"))["Action"]!);

        var retried = await RetryAsync(subscriber);
        Assert.Equal(("retry", 5), ((string)retried[0]!["state"]!, (int)retried[0]!["attempt"]!));
        await world.UntilIdle();

        Assert.Equal(["failed", "failed", "failed", "failed", "charged"], await subscriber.Statuses());
        await AssertStateAsync(subscriber, "active", null);
        Assert.Null((await subscriber.View())["pastDue"]);
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task a_waiting_retry_is_made_at_once_and_not_again_later()
    {
        var subscriber = await DeclinedAsync(Rule(null), times: 1);
        await AssertStateAsync(subscriber, "past_due", "retry_waits");

        // Said twice, because the first answer may have been lost.
        await Task.WhenAll(RetryAsync(subscriber, isRepeat: true), RetryAsync(subscriber, isRepeat: true));
        await world.UntilIdle();
        await world.AdvanceAsync("P11D");

        Assert.Equal(["failed", "charged"], await subscriber.Statuses());
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task charging_is_suspended_by_the_sites_rule_until_a_person_resumes_it()
    {
        var subscriber = await DeclinedAsync(Rule(null), times: 1, code: 118);
        await AssertStateAsync(subscriber, "suspended", "refused");
        Assert.Equal("suspend", (string)(await subscriber.View())["schedule"]!["afterRetries"]!);
        await AssertRefusedAsync(subscriber, "suspended");

        await world.Storefront.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/resume", null);
        await RetryAsync(subscriber);
        await world.UntilIdle();

        Assert.Equal(["failed", "charged"], await subscriber.Statuses());
        await AssertStateAsync(subscriber, "active", null);
    }

    [Fact]
    public async Task the_preapproval_is_closed_at_the_gateway_and_says_why()
    {
        var subscriber = await DeclinedAsync(Rule("close"), times: null, code: 12);

        await AssertStateAsync(subscriber, "closed", "dunning");
        Assert.Equal(4, (int)(await subscriber.AtGateway())["Status"]!["ID"]!);
        Assert.Equal(
            ["payment_failed", "retries_exhausted", "dunning_ended", "close_requested", "preapproval_closed"],
            (await subscriber.Story())[^5..]);
        Assert.Equal(
            "dunning",
            (string)(await subscriber.Events()).Single(e => (string)e["type"]! == "close_requested")["userName"]!);
        await AssertRefusedAsync(subscriber, "preapproval_not_open");
        Assert.Null((await subscriber.View())["pastDue"]);

        await world.AdvanceAsync("P11D");
        Assert.Equal(["failed"], await subscriber.Statuses());
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task it_is_not_closed_where_the_gateway_has_the_money_after_all()
    {
        var subscriber = await Subscriber.Pending(world, Rule("close"));
        await subscriber.Misbehave("charge", "decline", code: 12);
        await subscriber.Misbehave("find", "error_500", times: 4);
        await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        await Waiting.Until(
            "the close is wanted", async () => (await subscriber.Story()).Contains("dunning_ended"));
        var failed = Assert.Single(await subscriber.Payments());
        await world.Sandbox.PostAsync("sandbox/fixtures", new JsonObject
        {
            ["Payments"] = new JsonArray(new JsonObject
            {
                ["ID"] = (int)failed["gatewayPaymentId"]!, ["SiteID"] = 30201, ["MethodID"] = 46,
                ["PreapprovalID"] = subscriber.GatewayId,
                ["MerchantTransactionID"] = (string)failed["merchantTransactionId"]!, ["Amount"] = "4990",
                ["Currency"] = "BRL", ["Status"] = new JsonObject { ["ID"] = 2 },
            }),
        });

        await Waiting.Until(
            "the look-up finds the money", async () => (await subscriber.Statuses()) is ["charged"]);
        await world.UntilIdle();

        Assert.DoesNotContain("close_requested", await subscriber.Story());
        await AssertStateAsync(subscriber, "active", null);
        Assert.Equal(2, (int)(await subscriber.AtGateway())["Status"]!["ID"]!);
    }

    [Fact]
    public async Task a_change_that_names_no_rule_keeps_the_one_in_force()
    {
        var subscriber = await Subscriber.Open(world, Rule("continue"));
        var dearer = Rule(null);
        (dearer["AmountMinor"], dearer["FirstDueOn"]) = (5990, null);

        var changed = (await subscriber.Change(dearer)).Body["Preapproval"]!["Schedule"]!;

        Assert.Equal(("continue", 2), ((string)changed["AfterRetries"]!, (int)changed["Revision"]!));
        Assert.Contains(
            "must be continue, suspend or close",
            (await world.Storefront.PostBodyAsync(
                "v1/preapprovals", Subscriber.Request("wrong", schedule: Rule("cancel")))).Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "nothing_unpaid")]
    [InlineData("""{"dueOn":"2030-02-10"}""", "nothing_unpaid")]
    [InlineData("""{"dueOn":"tomorrow"}""", "due_on_invalid")]
    [InlineData("""{"date":"2030-02-10"}""", "unknown_key")]
    [InlineData("[]", "body_invalid")]
    public async Task what_cannot_be_retried_says_why(string body, string code)
    {
        var subscriber = await Subscriber.Open(world, Rule(null));

        await AssertRefusedAsync(subscriber, code, body);
    }

    [Fact]
    public async Task one_of_another_site_or_version_is_not_retried()
    {
        var subscriber = await DeclinedAsync(Rule(null), times: 1);
        using var other = world.Client("30202", "storefront-key-30202");

        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/retry", null)).Status);
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await world.Storefront.AskAsync(
                HttpMethod.Post, $"v1/subscriptions/{subscriber.Id}/retry", ifMatch: "\"1\"")).Status);
    }

    private static JsonObject Rule(string? afterRetries)
    {
        var schedule = Subscribers.Once();
        schedule["AfterRetries"] = afterRetries;

        return schedule;
    }

    private async Task<Subscriber> DeclinedAsync(JsonObject schedule, int? times, int? code = null)
    {
        var subscriber = await world.OpenMeeting(code == 118 ? "refuse" : "decline", times, schedule, code);
        await world.UntilIdle();

        return subscriber;
    }

    private async Task<JsonArray> RetryAsync(Subscriber subscriber, bool isRepeat = false)
    {
        var reply = await world.Storefront.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/retry", null);
        Assert.True(reply.Status is HttpStatusCode.OK || isRepeat, reply.Text);

        return reply.Status is HttpStatusCode.OK ? reply.Json["upcoming"]!.AsArray() : [];
    }

    private async Task AssertRefusedAsync(Subscriber subscriber, string code, string? body = null)
    {
        var reply = await world.Storefront.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/retry", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (reply.Status, (string)reply.Json["code"]!));
    }

    private static async Task AssertStateAsync(Subscriber subscriber, string state, string? reason)
    {
        var view = await subscriber.View();

        Assert.Equal((state, reason), ((string)view["state"]!, (string?)view["stateReason"]));
    }
}

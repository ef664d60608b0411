using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
[Keeps(Promise.UnknownIsAState, Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class when_an_operator_decides(OneWorld shared)
{
    private static readonly string[] Signed =
        ["--site", "30201", "--by", "Ada Byron", "--why", "The bank says so", "--evidence", "statement line 12"];

    private World World => shared.World;

    [Fact]
    public async Task an_unknown_charge_is_settled_by_name_with_reason_and_evidence()
    {
        var subscriber = await Subscriber.Open(World);
        var id = $"order-{Guid.NewGuid():N}";
        await World.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "charge", ["action"] = "error_500", ["merchantTransactionId"] = id });
        await subscriber.Charge(id);

        (await World.Billing(["operator", "resolve", id, "charged", .. Signed])).Ended(0)
            .With($"{id} is charged, recorded at version ");

        var recorded = Assert.Single(await subscriber.Events(), it => (string)it["type"]! == "outcome_set_by_operator");
        Assert.Equal("Ada Byron", (string)recorded["userName"]!);
        Assert.DoesNotContain("bank", recorded.ToJsonString(), StringComparison.Ordinal);
        var payment = Assert.Single(await subscriber.Payments());
        Assert.Equal(
            ("charged", "set_by_operator", null),
            ((string)payment["status"]!, (string)payment["symptom"]!, payment["owner"]));
        (await World.Billing("audit", "replay", $"{subscriber.Id}", "--site", "30201", "--unseal"))
            .Ended(0)
            .With("The bank says so")
            .With("statement line 12");

        (await World.Billing(["operator", "resolve", id, "charged", .. Signed])).Ended(0)
            .With($"{id} was set to charged before.");
    }

    [Fact]
    public async Task an_unpaid_period_is_retried_now()
    {
        var subscriber = await World.OpenMeeting("decline");
        await World.UntilIdle();

        (await World.Billing("operator", "retry", $"{subscriber.Id}", "--site", "30201", "--by", "Ada Byron"))
            .Ended(0)
            .With("A retry is due now, recorded at version ");
        await World.UntilIdle();

        Assert.Equal(["failed", "charged"], await subscriber.Statuses());
        Assert.Equal(
            "Ada Byron",
            (string)(await subscriber.Events()).Last(it => (string)it["type"]! == "retry_scheduled")["userName"]!);
    }

    [Fact]
    public async Task what_the_gateway_has_settled_stands()
    {
        var subscriber = await Subscriber.Open(World);
        var id = $"order-{Guid.NewGuid():N}";
        await subscriber.Charge(id);
        var story = await subscriber.Story();

        (await World.Billing(["operator", "resolve", id, "failed", .. Signed]))
            .Ended(1)
            .With("The gateway has settled this charge already; its answer holds.")
            .Without("   at ");

        Assert.Equal(story, await subscriber.Story());
    }

    [Theory]
    [InlineData("--by")]
    [InlineData("--why")]
    [InlineData("--evidence")]
    public async Task nothing_is_decided_without(string option)
    {
        var at = Array.IndexOf(Signed, option);

        (await World.Billing(["operator", "resolve", "some-charge", "charged", .. Signed[..at], .. Signed[(at + 2)..]]))
            .Ended(1)
            .With(option)
            .Without("   at ");
    }

    [Fact]
    public async Task a_charge_that_does_not_exist_is_refused()
    {
        (await World.Billing(["operator", "resolve", "unknown-charge", "charged", .. Signed])).Ended(1)
            .With("Site 30201 has no charge unknown-charge.");
        (await World.Billing(["operator", "resolve", "unknown-charge", "perhaps", .. Signed]))
            .Ended(1)
            .With("'charged'")
            .With("'failed'");
    }

    [Fact]
    public async Task what_only_the_gateway_has_is_recovered_once()
    {
        using var made = await MakeAtGatewayAsync(World, $"elsewhere-{Guid.NewGuid():N}");
        var id = (int)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["Preapproval"]!["ID"]!;

        (await World.Billing("operator", "recover", "--site", "30201", "--by", "Ada Byron")).Ended(0)
            .With($"1 recovered: {id}");
        (await World.Billing("operator", "recover", "--site", "30201", "--by", "Ada Byron")).Ended(0)
            .With("0 recovered");

        var shown = JsonNode.Parse(await World.Storefront.GetStringAsync($"v1/preapprovals/{id}"))!["Preapproval"]!;
        Assert.Equal("John", (string)shown["Customer"]!["FirstName"]!);
        await World.Sandbox.ApproveAsync(id);
        await World.UntilIdle();
        Assert.Equal(
            "open",
            await World.DataSource.ScalarAsync(
                "select status from subscriptions where gateway_preapproval_id = $1", (long)id));
    }

    [Fact]
    public async Task a_forgotten_customer_leaves_amounts_and_dates()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        var payments = await subscriber.Payments();
        var events = (await subscriber.Events()).Select(it => it.ToJsonString()).ToArray();

        (await World.Billing("operator", "forget", $"{subscriber.Id}", "--site", "30201", "--by", "Ada Byron")).Ended(0)
            .With($"{subscriber.Id} is forgotten.");
        (await World.Billing("operator", "forget", $"{subscriber.Id}", "--site", "30201", "--by", "Ada Byron")).Ended(1)
            .With("was forgotten before");

        var text = await World.Storefront.GetStringAsync($"v1/preapprovals/{subscriber.GatewayId}");
        var shown = JsonNode.Parse(text)!["Preapproval"]!;
        Assert.DoesNotContain("jdoe@example.com", text, StringComparison.Ordinal);
        Assert.Null(shown["Customer"]?["Email"]);
        Assert.Equal(subscriber.MerchantPreapprovalId, (string)shown["MerchantPreapprovalID"]!);
        Assert.Equal(
            payments.Select(it => it.ToJsonString()), (await subscriber.Payments()).Select(it => it.ToJsonString()));
        Assert.Equal(events, (await subscriber.Events()).Take(events.Length).Select(it => it.ToJsonString()));
        (await World.Billing("audit", "replay", $"{subscriber.Id}", "--site", "30201", "--unseal"))
            .Ended(0)
            .Without("jdoe@example.com")
            .With("customer_forgotten");
        (await World.Billing("audit", "verify")).Ended(0).With(" 0 differences");
    }

    [Fact]
    public async Task the_gateway_is_needed_only_by_the_verb_that_asks_it()
    {
        string[] gateway = ["Gateway__BaseAddress"];

        (await World.BillingWithout(gateway, "migrate")).Ended(0);
        (await World.BillingWithout(gateway, "audit", "verify")).Ended(0);
        (await World.BillingWithout(gateway, "rebuild", "subscriptions")).Ended(0);
        (await World.BillingWithout(gateway, "dead-letters", "list")).Ended(0);
        (await World.BillingWithout(gateway, "operator", "recover", "--site", "30201", "--by", "Ada Byron"))
            .Ended(2)
            .With("Setting Gateway__BaseAddress is missing")
            .Without("   at ");
        Assert.Equal(HttpStatusCode.OK, (await World.Anonymous.GetAsync("health/ready")).StatusCode);
    }

    [Fact]
    public async Task health_asks_a_running_service()
    {
        (await World.Billing("health", "--url", $"{World.Address}health/ready")).Ended(0);
        (await World.Billing("health", "--url", $"http://127.0.0.1:{LocalMachine.FreePort()}/health/ready")).Ended(1)
            .Without("   at ");
        (await World.Billing("health", "--url", "no address")).Ended(1).Without("   at ");
    }

    /// <summary>Created with the gateway itself, so that we know nothing of it.</summary>
    internal static async Task<HttpResponseMessage> MakeAtGatewayAsync(World world, string merchantPreapprovalId)
    {
        using var gateway = new HttpClient { BaseAddress = world.Sandbox.Address };
        gateway.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("30201:gateway-key-30201")));

        return await gateway.PostAsJsonAsync("v1/preapprovals", Subscriber.Request(merchantPreapprovalId));
    }
}

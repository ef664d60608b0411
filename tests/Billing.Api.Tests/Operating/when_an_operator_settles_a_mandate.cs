using System.Text.Json.Nodes;
using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Specs;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
[Keeps(Promise.UnknownIsAState)]
public class when_an_operator_settles_a_mandate(OneWorld shared)
{
    private static readonly string[] Signed =
        ["--site", "30201", "--by", "Ada Byron", "--why", "The bank says so", "--evidence", "ticket 12"];

    private World World => shared.World;

    [Fact]
    public async Task a_lost_create_that_was_not_done_frees_its_id()
    {
        var name = await LoseCreateAsync();

        (await ResolveAsync(name, "failed")).Ended(0).With($"The create of {name} is failed, recorded at version ");

        Assert.Equal("refused", (string)(await ViewAsync(name))["status"]!);
        await Subscriber.Pending(World, merchantPreapprovalId: name);
    }

    [Fact]
    public async Task a_lost_create_that_was_done_becomes_what_the_gateway_has()
    {
        var name = await LoseCreateAsync();
        using var made = await when_an_operator_decides.MakeAtGatewayAsync(World, name);
        var gatewayId = (int)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["Preapproval"]!["ID"]!;

        (await ResolveAsync(name, "done")).Ended(1).With("--gateway-id").Without("   at ");
        (await ResolveAsync(name, "done", "--gateway-id", $"{gatewayId}"))
            .Ended(0)
            .With($"The create of {name} is done")
            .With("The gateway shows other values than were asked for: ").With("customer.email");

        var view = await ViewAsync(name);
        Assert.Equal("pending", (string)view["status"]!);
        var events = await EventsAsync(view);
        Assert.Equal(
            ["mandate_set_by_operator", "preapproval_registered", "drift_found"],
            events.TakeLast(3).Select(it => (string)it!["type"]!));
        Assert.Equal("Ada Byron", (string)events[^3]!["userName"]!);
        Assert.Equal("Operator", (string)events[^2]!["data"]!["LearntFrom"]!);
        Assert.Contains("customer.email", view["drift"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("bank", events.ToJsonString(), StringComparison.Ordinal);
        await World.Sandbox.ApproveAsync(gatewayId);
        await World.UntilIdle();
        Assert.Equal("open", (string)(await ViewAsync(name))["status"]!);
    }

    [Fact]
    public async Task a_lost_close_is_settled_once_it_has_an_owner()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule(firstDueOn: "2099-01-31"));
        (await ResolveAsync($"{subscriber.Id}", "done")).Ended(1)
            .With("No create, change or close of this preapproval waits for a decision.");
        var now = await World.Sandbox.NowAsync();
        await RecordAsync(
            subscriber.Id, new CloseRequested(subscriber.Id, DateTimeOffset.UtcNow, now),
            Unknown(subscriber.Id, MandateOperation.Close, now));

        (await ResolveAsync($"{subscriber.Id}", "done")).Ended(0).With($"The close of {subscriber.Id} is done");

        var view = await subscriber.View();
        Assert.Equal(("closed", "merchant"), ((string)view["status"]!, (string)view["closedBy"]!));
        var receipt = JsonNode.Parse(
            await World.Storefront.GetStringAsync($"v1/subscriptions/{subscriber.Id}/closing"))!;
        Assert.Equal((false, "operator"), ((bool)receipt["gatewayConfirmed"]!, (string)receipt["learntFrom"]!));
        (await World.Billing("audit", "verify")).Ended(0).With(" 0 differences");
    }

    private Task<Ending> ResolveAsync(string name, string outcome, params string[] more) =>
        World.Billing(["operator", "resolve-mandate", name, outcome, .. more, .. Signed]);

    // A create of which nothing is known, and about which the gateway is no longer asked.
    private async Task<string> LoseCreateAsync()
    {
        var (id, name, now) = (Guid.CreateVersion7(), $"lost-{Guid.NewGuid():N}", await World.Sandbox.NowAsync());
        var terms = new MandateTerms(name, 46, null, "1 year subscription", null, null, null, null, "BR");
        var personal = new MandatePersonal(
            null, null, Sealed<string>.Of("http://demo.smart2pay.com/redirect.php"), null, null, null);
        await RecordAsync(
            id, new PreapprovalRequested(id, terms, personal, null, null, DateTimeOffset.UtcNow, now),
            Unknown(id, MandateOperation.Create, now));

        return name;
    }

    private static MandateOutcomeUnknown Unknown(Guid id, MandateOperation operation, DateTimeOffset now) =>
        new(id, operation, "timeout", 7, null, "operator", now);

    private Task RecordAsync(Guid id, params PreapprovalEvent[] events) =>
        World.Services.GetRequiredService<PreapprovalDecisions>()
            .DecideAsync("30201", id, new EventSource("test"), _ => events);

    private async Task<JsonNode> ViewAsync(string merchantPreapprovalId) => JsonNode.Parse(
        await World.Storefront.GetStringAsync(
            $"v1/subscriptions?merchantPreapprovalId={merchantPreapprovalId}"))!["subscriptions"]!.AsArray()[^1]!;

    private async Task<JsonArray> EventsAsync(JsonNode view) => JsonNode.Parse(
        await World.Storefront.GetStringAsync($"v1/subscriptions/{view["id"]}/events"))!["events"]!.AsArray();
}

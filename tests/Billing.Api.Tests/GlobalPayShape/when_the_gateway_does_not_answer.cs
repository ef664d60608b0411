using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

public sealed class ImpatientWorld : IAsyncLifetime
{
    public World World { get; private set; } = null!;

    public async Task InitializeAsync() => World = await World.StartAsync(settings: new Dictionary<string, string?>
    {
        ["Gateway:TimeoutSeconds"] = "6", ["Charging:SendWindowSeconds"] = "8", ["Charging:AnswerWithinSeconds"] = "8",
    });

    public async Task DisposeAsync() => await World.DisposeAsync();
}

[Keeps(Promise.UnknownIsAState)]
public class when_the_gateway_does_not_answer(ImpatientWorld shared) : IClassFixture<ImpatientWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_create_is_504_until_a_look_up_finds_it_and_then_answers_the_same_request()
    {
        string[] names =
            await Task.WhenAll(((string[])["act_then_timeout", "act_then_500", "garbled"]).Select(LoseAsync));

        await world.AdvanceAsync("PT6M");

        foreach (var name in names)
        {
            var found = await Create(name, $"request-of-{name}");
            Assert.Equal(
                (HttpStatusCode.Created, "Pending"), (found.Status, (string)found.Preapproval["Status"]!["Info"]!));
            Assert.Equal(found, await Create(name, requestId: null));
            Assert.Equal(1, await world.MadeAtGatewayAsync(name));
        }
    }

    [Theory]
    [InlineData("timeout")]
    [InlineData("error_500")]
    [InlineData("rate_limited")]
    public async Task a_create_that_never_arrived_is_sent_again_by_itself_and_the_repeat_gets_its_answer(string action)
    {
        var (name, requestId) = ($"gone-{Guid.NewGuid():N}", $"{Guid.NewGuid()}");
        await Misbehave("create", action, "merchantPreapprovalId", name);
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await Create(name, requestId)).Status);
        Assert.Equal(0, await world.MadeAtGatewayAsync(name));

        await world.AdvanceAsync("P1D");

        var repeated = await Create(name, requestId);
        Assert.Equal(
            (HttpStatusCode.Created, "Pending"), (repeated.Status, (string)repeated.Preapproval["Status"]!["Info"]!));
        Assert.Equal(1, await world.MadeAtGatewayAsync(name));
    }

    [Fact]
    public async Task a_first_create_that_is_called_a_duplicate_is_looked_up_and_is_no_refusal()
    {
        var name = $"twice-{Guid.NewGuid():N}";
        await Misbehave("create", "duplicate_code", "merchantPreapprovalId", name);

        var created = await Create(name, $"{Guid.NewGuid()}");
        Assert.Equal(
            (HttpStatusCode.Created, "Pending"), (created.Status, (string)created.Preapproval["Status"]!["Info"]!));
        Assert.Equal(1, await world.MadeAtGatewayAsync(name));

        var id = (int)created.Preapproval["ID"]!;
        await world.Sandbox.ApproveAsync(id);
        await world.UntilIdle();

        Assert.Equal(2, (int)(await world.Storefront.ReadAsync($"v1/preapprovals/{id}")).Preapproval["Status"]!["ID"]!);
    }

    [Fact]
    public async Task a_create_that_is_answered_with_code_14_is_not_said_to_be_unanswered()
    {
        var name = $"generic-{Guid.NewGuid():N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create", ["action"] = "refuse", ["code"] = 14, ["times"] = 1,
            ["merchantPreapprovalId"] = name,
        });

        var reply = await Create(name, requestId: null);

        reply.AssertRefused(HttpStatusCode.GatewayTimeout, "Preapproval", "14");
        Assert.Contains("answered with code 14 (generic error)", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("in time", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_change_and_a_close_are_504_until_a_look_up_confirms_them()
    {
        var (subscriber, requestId) = (await Subscriber.Open(world), $"{Guid.NewGuid()}");
        var (path, body) =
            ($"v1/preapprovals/{subscriber.GatewayId}", Subscriber.Request(subscriber.MerchantPreapprovalId));
        body["Preapproval"]!["Description"] = "changed";
        await Misbehave("change", "act_then_timeout", "preapprovalId", subscriber.GatewayId);
        await Misbehave("close", "act_then_timeout", "preapprovalId", subscriber.GatewayId);

        (await world.Storefront.AskAsync(HttpMethod.Patch, path, body, requestId))
            .AssertRefused(HttpStatusCode.GatewayTimeout, "Preapproval", "15");
        Assert.Equal(
            "1 year subscription", (string)(await world.Storefront.ReadAsync(path)).Preapproval["Description"]!);
        await world.AdvanceAsync("PT6M");
        var changed = await world.Storefront.AskAsync(HttpMethod.Patch, path, body, requestId);
        Assert.Equal(
            (HttpStatusCode.Created, "changed"), (changed.Status, (string)changed.Preapproval["Description"]!));

        (await world.Storefront.AskAsync(HttpMethod.Delete, path))
            .AssertRefused(HttpStatusCode.GatewayTimeout, "Preapproval", "15");
        await world.AdvanceAsync("PT6M");
        var closed = await world.Storefront.AskAsync(HttpMethod.Delete, path);
        Assert.Equal((HttpStatusCode.OK, 4), (closed.Status, (int)closed.Preapproval["Status"]!["ID"]!));
    }

    [Fact]
    public async Task a_charge_is_201_with_no_id_and_status_7_and_is_found_later()
    {
        // PayWithMyBank reports the result a day later: until then there is no notification to learn it from.
        var subscriber = await Subscriber.Open(world, methodId: 58);
        var id = $"lost-{subscriber.Id:N}";
        await Misbehave("charge", "act_then_timeout", "merchantTransactionId", id);

        var (status, body) = await subscriber.Charge(id);

        Assert.Equal(HttpStatusCode.Created, status);
        AssertUnknown(body["Payment"]!);
        AssertUnknown((await ListedAsync(id, "&statusID=7"))!);

        await world.AdvanceAsync("PT6M");

        var found = (await ListedAsync(id, "&statusID=1"))!;
        Assert.Equal((HttpStatusCode.OK, 1), (await OneAsync((int)found["ID"]!)));
        Assert.Equal(("pending", "look_up"), await LearntAsync(subscriber));

        await world.AdvanceAsync("P1D");

        Assert.Equal((HttpStatusCode.OK, 2), (await OneAsync((int)found["ID"]!)));
        Assert.Equal(("charged", "notification"), await LearntAsync(subscriber));
        var ledger = (await world.Sandbox.LedgerAsync(id))!;
        Assert.Equal((1, 1), ((int)ledger["received"]!, (int)ledger["captured"]!));
        Assert.InRange((int)ledger["lookups"]!, 1, 5);
    }

    private async Task<string> LoseAsync(string action)
    {
        var name = $"{action}-{Guid.NewGuid():N}"[..40];
        await Misbehave("create", action, "merchantPreapprovalId", name);

        var lost = await Create(name, $"request-of-{name}");
        lost.AssertRefused(HttpStatusCode.GatewayTimeout, "Preapproval", "15");
        Assert.Equal(
            action is "act_then_timeout", lost.Text.Contains("has not answered in time", StringComparison.Ordinal));
        Assert.Equal(name, (string)lost.Preapproval["MerchantPreapprovalID"]!);

        // The same id and body joins the one that is still open; another body is a duplicate.
        (await Create(name, $"{Guid.NewGuid()}")).AssertRefused(HttpStatusCode.GatewayTimeout, "Preapproval", "15");
        (await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name, 58)))
            .AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "109");

        return name;
    }

    private static void AssertUnknown(JsonNode payment) =>
        Assert.Equal(
            (null, 7, "PendingOnProvider"),
            (payment["ID"], (int)payment["Status"]!["ID"]!, (string)payment["Status"]!["Info"]!));

    private async Task<JsonNode?> ListedAsync(string id, string more) =>
        Assert.Single((await world.Storefront.ReadAsync($"v1/payments?merchantTransactionID={id}{more}"))
            .Json["Payments"]!.AsArray());

    private static async Task<(string, string)> LearntAsync(Subscriber subscriber)
    {
        var payment = Assert.Single(await subscriber.Payments());

        return ((string)payment["status"]!, (string)payment["learntFrom"]!);
    }

    private async Task<(HttpStatusCode, int)> OneAsync(int id)
    {
        var reply = await world.Storefront.ReadAsync($"v1/payments/{id}");

        return (reply.Status, (int)reply.Payment["Status"]!["ID"]!);
    }

    private Task<HttpReply> Create(string name, string? requestId) =>
        world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name), requestId);

    private Task Misbehave(string operation, string action, string criterion, JsonNode value) =>
        world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = operation, ["action"] = action, [criterion] = value, ["times"] = 1,
        });
}

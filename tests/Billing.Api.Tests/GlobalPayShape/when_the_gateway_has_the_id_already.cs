using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

/// <summary>
/// Another program with the site's key has used the MerchantPreapprovalID that a storefront asks for. A preapproval of
/// another customer must never be taken for ours: it would be charged.
/// </summary>
[Collection(GlobalPayCollection.Name)]
[Keeps(Promise.UnknownIsAState)]
public class when_the_gateway_has_the_id_already(OneWorld shared)
{
    private const string OurCustomer = "jdoe@example.com";
    private const string OtherCustomer = "other@example.com";

    private readonly World world = shared.World;

    // Nothing of ours can be at the gateway before the first create: what is open there was approved by another one.
    [Theory]
    [InlineData(OtherCustomer, false)]
    [InlineData(OtherCustomer, true)]
    [InlineData(OurCustomer, true)]
    public async Task the_create_is_refused_and_nothing_is_adopted(string email, bool isApproved)
    {
        var name = NewName();
        var theirs = await world.CreateAtGatewayAsync(Request(name, email));
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify", ["action"] = "lose_notification", ["preapprovalId"] = theirs,
        });

        if (isApproved)
        {
            await world.Sandbox.ApproveAsync(theirs);
        }

        (await CreateAsync(name)).AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "109");

        await AssertNotAdoptedAsync(name, theirs, "preapproval_requested", "preapproval_refused");
    }

    [Fact]
    public async Task a_pending_one_in_which_all_agrees_is_adopted()
    {
        var name = NewName();
        var id = await world.CreateAtGatewayAsync(Request(name, OurCustomer));

        var created = await CreateAsync(name);

        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        Assert.Equal(id, (int)created.Preapproval["ID"]!);
        Assert.Equal(["preapproval_requested", "preapproval_registered"], await StoryAsync(name));
    }

    [Fact]
    public async Task its_approval_settles_no_create_that_is_under_way()
    {
        var name = NewName();
        var theirs = await world.CreateAtGatewayAsync(Request(name, OtherCustomer));
        await world.Sandbox.ApproveAsync(theirs);
        await UntilNotifiedAsync(name, "parked");
        await MisbehaveAsync(name, "slow");

        var creating = CreateAsync(name);
        await UntilNotifiedAsync(name, "matched");

        (await creating).AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "109");
        await AssertNotAdoptedAsync(name, theirs, "preapproval_requested", "preapproval_refused");
    }

    [Fact]
    public async Task neither_its_approval_nor_a_look_up_settles_a_create_of_unknown_outcome()
    {
        var name = NewName();
        await MisbehaveAsync(name, "error_500");
        using var storefront = world.Client("30201", "storefront-key-30201");
        var creating = storefront.PostBodyAsync("v1/preapprovals", Request(name));
        await Waiting.Until(
            "the outcome is unknown", async () => await StoryAsync(name) is [.., "mandate_outcome_unknown"]);
        storefront.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => creating);

        var theirs = await world.CreateAtGatewayAsync(Request(name, OtherCustomer));
        await world.Sandbox.ApproveAsync(theirs);
        await UntilNotifiedAsync(name, "matched");
        await AssertNotAdoptedAsync(name, theirs, "preapproval_requested", "mandate_outcome_unknown");

        await world.Sandbox.AdvanceAsync("PT6M");
        await AssertNotAdoptedAsync(
            name, theirs, "preapproval_requested", "mandate_outcome_unknown", "mandate_outcome_unknown");
        Assert.Equal(
            "operator",
            await world.QueryAsync<string>(
                "select owner from subscriptions where merchant_preapproval_id = $1", name));
    }

    private static string NewName() => $"taken-{Guid.NewGuid():N}";

    // Due today: an adopted one would be charged.
    private static JsonObject Request(string name, string email = OurCustomer)
    {
        var request = Subscriber.Request(name, schedule: Subscriber.Schedule(unit: "year", every: 10));
        request["Preapproval"]!["Customer"]!["Email"] = email;

        return request;
    }

    private Task<HttpReply> CreateAsync(string name) =>
        world.Storefront.PostBodyAsync("v1/preapprovals", Request(name));

    private Task MisbehaveAsync(string name, string action) => world.Sandbox.MisbehaveAsync(new JsonObject
    {
        ["operation"] = "create", ["action"] = action, ["merchantPreapprovalId"] = name, ["times"] = 1,
        ["delayMs"] = 3_000,
    });

    private Task UntilNotifiedAsync(string name, string status) => Waiting.Until(
        $"the notification is {status}",
        () => world.QueryAsync<bool>(
            "select exists (select from notifications where reference = $1 and status = $2)", name, status));

    private async Task AssertNotAdoptedAsync(string name, int theirs, params string[] story)
    {
        await world.UntilIdle();

        Assert.Equal(story, await StoryAsync(name));
        Assert.Equal(HttpStatusCode.NotFound, (await world.Storefront.ReadAsync($"v1/preapprovals/{theirs}")).Status);
        Assert.DoesNotContain(
            await world.Sandbox.LedgerAsync(), charge => (int?)charge!["preapprovalId"] == theirs);
    }

    private async Task<string[]> StoryAsync(string name) => (await world.QueryAsync<string[]>(
        """
        select array_agg(e.type::text order by e.seq_id)
        from mt_events e join subscriptions s on s.preapproval_id = e.stream_id where s.merchant_preapproval_id = $1
        """,
        name)) ?? [];
}

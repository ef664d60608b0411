using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_changing_and_closing
{
    [Fact]
    public async Task a_change_keeps_what_it_does_not_name()
    {
        await using var world = await World.StartAsync();
        await world.PostAsync("/v1/preapprovals", Seed.Text("create_46.request"));

        var changed = await world.CallAsync(
            HttpMethod.Patch, "/v1/preapprovals/4217/",
            """{"Preapproval":{"Description":"new","MethodOptionID":0,"Currency":""}}""");

        Assert.Equal(HttpStatusCode.Created, changed.Status);
        Assert.Equal("new", changed.Preapproval.Text("Description"));
        Assert.Equal("0765260000", changed.Preapproval.GetProperty("Customer").Text("Phone"));
        Assert.Equal(1257, changed.Preapproval.GetProperty("BillingAddress").Int("ID"));
    }

    [Fact]
    public async Task a_closed_preapproval_is_not_changed()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{open}");

        var refused = await world.CallAsync(
            HttpMethod.Patch, $"/v1/preapprovals/{open}", """{"Preapproval":{"Description":"new"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("12", refused.Codes);
        Assert.Equal(
            "1 year subscription", (await world.GetAsync($"/v1/preapprovals/{open}")).Preapproval.Text("Description"));
    }

    [Theory]
    [InlineData("""{"Preapproval":{"MethodID":84}}""", "111")]
    [InlineData("""{"Preapproval":{"MerchantPreapprovalID":"other"}}""", "104")]
    [InlineData("""{}""", "1")]
    public async Task identity_is_not_changed(string body, string code)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();

        Assert.Equal(code, (await world.CallAsync(HttpMethod.Patch, $"/v1/preapprovals/{open}", body)).Codes);
    }

    [Fact]
    public async Task closing_twice_answers_the_same_without_a_second_notification()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();

        var first = await world.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{open}");
        var second = await world.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{open}/");

        await world.UntilIdleAsync();
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(4, first.Preapproval.GetProperty("Status").Int("ID"));
        Assert.Single(world.Merchant.All);
    }

    [Fact]
    public async Task closing_notifies_when_configured()
    {
        await using var world = await World.StartAsync("NotifyOnDelete=true");
        var open = await world.AnOpenPreapprovalAsync();

        await world.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{open}");

        await world.UntilIdleAsync();
        Assert.Contains(
            world.Merchant.All,
            n => n.Body.Contains("\"Status\":{\"ID\":4,\"Info\":\"ClosedByCustomer\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_customer_who_closes_is_notified_about()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();

        await world.ToolAsync(HttpMethod.Post, $"/sandbox/preapprovals/{open}/close");
        await world.ToolAsync(HttpMethod.Post, $"/sandbox/preapprovals/{open}/close");

        await world.UntilIdleAsync();
        Assert.Equal(2, world.Merchant.All.Count);
        Assert.Contains(world.Merchant.All, n => n.Body.Contains("\"Status\":{\"ID\":4,", StringComparison.Ordinal));
        Assert.Equal("12", (await world.ChargeAsync(open)).Codes);
    }

    [Fact]
    public async Task the_same_person_is_the_same_customer()
    {
        await using var world = await World.StartAsync();

        var one = await world.PostAsync("/v1/preapprovals", A.Preapproval("a"));
        var two = await world.PostAsync("/v1/preapprovals", A.Preapproval("b"));
        var other = await world.PostAsync("/v1/preapprovals", A.Preapproval("c", email: "other@gmail.com"));

        Assert.Equal(Id(one), Id(two));
        Assert.NotEqual(Id(one), Id(other));

        static int Id(Reply reply) => reply.Preapproval.GetProperty("Customer").Int("ID");
    }

    [Fact]
    public async Task the_list_is_newest_first_and_as_long_as_asked()
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 52; i++)
        {
            await world.PostAsync("/v1/preapprovals", A.Preapproval($"p{i}"));
        }

        Assert.Equal(50, Ids(await world.GetAsync("/v1/preapprovals/")).Length);
        Assert.Equal(["p51", "p50"], Ids(await world.GetAsync("/v1/preapprovals?LIMIT=2")));
        Assert.Equal(52, Ids(await world.GetAsync("/v1/preapprovals?limit=100")).Length);

        static string[] Ids(Reply reply) =>
            [.. reply.Json.GetProperty("Preapprovals").EnumerateArray().Select(p => p.Text("MerchantPreapprovalID")!)];
    }

    [Fact]
    public async Task a_fixture_does_not_collide_with_the_next_id()
    {
        await using var world = await World.StartAsync();
        await world.ToolAsync(
            HttpMethod.Post, "/sandbox/fixtures", """{"Preapprovals":[{"ID":4217"""
                + ""","MerchantPreapprovalID":"old","Status":{"ID":1}},{"MerchantPreapprovalID":"partial"}]}""");

        var created = await world.PostAsync("/v1/preapprovals", A.Preapproval());

        Assert.Equal(4219, created.Preapproval.Int("ID"));
        Assert.Equal(
            JsonValueKind.Null,
            (await world.GetAsync("/v1/preapprovals/4217")).Preapproval.GetProperty("Customer").ValueKind);
    }
}

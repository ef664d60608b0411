using System.Net;
using System.Text.RegularExpressions;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class subscribing_as_the_seeds_do
{
    [Theory]
    [InlineData("46")]
    [InlineData("1135")]
    public async Task create_is_answered_in_the_seeds_shape(string method)
    {
        await using var world = await World.StartAsync();

        var reply = await world.PostAsync("/v1/preapprovals", Seed.Text($"create_{method}.request"));

        Assert.Equal(HttpStatusCode.Created, reply.Status);
        Assert.Equal("application/json; charset=utf-8", reply.ContentType);
        Seed.AssertLike($"create_{method}", reply.Text);
        Assert.Equal(4217, reply.Preapproval.Int("ID"));
        Assert.Matches("^\\d{14}$", reply.Preapproval.Text("Created"));
        var path = method == "46"
            ? "/MercadoPago2/Landing/PreapprovalLanding.aspx"
            : "/AlipayOSP/Preapproval/PreapprovalLanding.aspx";
        Assert.Matches(
            $"^{Regex.Escape(world.Address.GetLeftPart(UriPartial.Authority) + path)}\\?ID=\\d+&Hash=[0-9A-F]{{32}}$",
            reply.Preapproval.Text("RedirectURL"));
        Assert.DoesNotContain("\\u0026", reply.Text);
    }

    [Theory]
    [InlineData("46", "create_46.request", "notification_46")]
    [InlineData("1135", "create_1135.request", "notification_1135")]
    [InlineData("84", "notification_84", "notification_84")]
    public async Task approving_notifies_in_the_seeds_shape(string method, string request, string notification)
    {
        await using var world = await World.StartAsync();

        // The answer's object is a valid request too: what it has more is ignored.
        var created = await world.PostAsync("/v1/preapprovals", Seed.Text(request));
        await world.ToolAsync(HttpMethod.Post, $"/sandbox/preapprovals/{created.Preapproval.Int("ID")}/approve");

        var received = Assert.Single(await world.Merchant.ReceivedAsync(1));
        Seed.AssertLike(notification, received.Body);
        Assert.Equal("Basic MzAyMDE6Z2F0ZXdheS1rZXktMzAyMDE=", received.Authorization);
        Assert.Equal("application/json; charset=utf-8", received.ContentType);
        if (method == "84")
        {
            Assert.Matches("\"MandateReference\":\"SLMP\\d{9}\"", received.Body);
        }
    }

    [Fact]
    public async Task change_read_and_close_are_answered_in_the_seeds_shape()
    {
        await using var world = await World.StartAsync();
        await world.PostAsync("/v1/preapprovals", Seed.Text("create_46.request"));
        await world.ToolAsync(HttpMethod.Post, "/sandbox/preapprovals/4217/approve");

        var changed = await world.CallAsync(HttpMethod.Patch, "/v1/preapprovals/4217", Seed.Text("change_46.request"));
        var read = await world.GetAsync("/v1/preapprovals/4217");
        var closed = await world.CallAsync(HttpMethod.Delete, "/v1/preapprovals/4217");

        Assert.Equal(HttpStatusCode.Created, changed.Status);
        Seed.AssertLike("change_46", changed.Text);
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Seed.AssertLike("read_46", read.Text);
        Assert.Equal(HttpStatusCode.OK, closed.Status);
        Seed.AssertLike("close_46", closed.Text);
        Assert.Equal(
            [3627, 3627, 3627],
            new[] { changed, read, closed }.Select(r => r.Preapproval.GetProperty("Customer").Int("ID")));
    }

    [Fact]
    public async Task a_sepa_mandate_is_closed_in_the_seeds_shape()
    {
        await using var world = await World.StartAsync();
        await world.PostAsync("/v1/preapprovals", Seed.Text("close_84"));
        await world.ToolAsync(HttpMethod.Post, "/sandbox/preapprovals/4217/approve");

        var closed = await world.CallAsync(HttpMethod.Delete, "/v1/preapprovals/4217");

        Seed.AssertLike("close_84", closed.Text);
    }

    [Fact]
    public async Task fixtures_come_back_as_the_seeds_lists_show_them()
    {
        await using var world = await World.StartAsync();
        await world.ToolAsync(HttpMethod.Post, "/sandbox/fixtures", Seed.Text("list"));
        await world.ToolAsync(HttpMethod.Post, "/sandbox/fixtures", Seed.Text("payments"));

        Seed.AssertSame("list", (await world.GetAsync("/v1/preapprovals")).Text);
        Seed.AssertSame("payments", (await world.GetAsync("/v1/preapprovals/4217/payments")).Text);
        Assert.Empty(world.Merchant.All);
    }

    [Fact]
    public async Task a_payment_of_today_is_listed_as_the_seed_lists_one()
    {
        await using var world = await World.StartAsync();
        await world.PostAsync("/v1/preapprovals", Seed.Text("create_46.request"));
        await world.ToolAsync(HttpMethod.Post, "/sandbox/preapprovals/4217/approve");
        await world.RuleAsync("""{"operation":"charge","action":"decline","times":1}""");
        await world.ChargeAsync(4217, "s2ptest_g108");
        await world.ChargeAsync(4217, "s2ptest_fg109");
        await world.ChargeAsync(4217, "aaaaaaaaaaaaaaa1-_AA");
        await world.UntilIdleAsync();

        var list = (await world.GetAsync("/v1/preapprovals/4217/payments")).Text;

        // The seed's failed payment says no reason; today's says why.
        Seed.AssertListed("payments", Regex.Replace(list, "\"Reasons\":\\[.*?\\]", "\"Reasons\":null"));
    }
}

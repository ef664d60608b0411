using System.Net;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_customer_lands
{
    private const string Form = "application/x-www-form-urlencoded";

    [Fact]
    public async Task the_page_asks_and_changes_nothing()
    {
        await using var world = await World.StartAsync();
        var redirect = await CreateAsync(world, "<script>alert('x')</script>");

        var page = await world.ToolAsync(HttpMethod.Get, redirect);

        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (page.Status, page.ContentType));
        Assert.Contains("MercadoPago", page.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Text, StringComparison.Ordinal);
        Assert.Equal(1, await StatusAsync(world));
    }

    [Fact]
    public async Task approving_opens_notifies_and_leads_back_once()
    {
        await using var world = await World.StartAsync();
        var redirect = await CreateAsync(world);

        var first = await world.ToolAsync(HttpMethod.Post, redirect, "decision=approve", Form);
        var second = await world.ToolAsync(HttpMethod.Post, redirect, "decision=approve", Form);

        await world.UntilIdleAsync();
        Assert.Equal(HttpStatusCode.Found, first.Status);
        Assert.Equal("http://demo.smart2pay.com/redirect.php?transactionID=628", first.Location!.AbsoluteUri);
        Assert.Equal(HttpStatusCode.Found, second.Status);
        Assert.Equal(2, await StatusAsync(world));
        Assert.Single(world.Merchant.All);
        Assert.Contains(
            "Approved already", (await world.ToolAsync(HttpMethod.Get, redirect)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task refusing_leads_back_and_leaves_it_pending()
    {
        await using var world = await World.StartAsync();
        var redirect = await CreateAsync(world);

        var refused = await world.ToolAsync(HttpMethod.Post, redirect, "decision=refuse", Form);
        await world.ToolAsync(HttpMethod.Post, "/sandbox/preapprovals/4217/refuse");
        await world.UntilIdleAsync();

        Assert.Equal(HttpStatusCode.Found, refused.Status);
        Assert.Equal(1, await StatusAsync(world));
        Assert.Empty(world.Merchant.All);
    }

    [Fact]
    public async Task a_get_approves_when_that_is_configured()
    {
        await using var world = await World.StartAsync("AutoApprove=true");
        var redirect = await CreateAsync(world);

        Assert.Equal(HttpStatusCode.OK, (await world.ToolAsync(HttpMethod.Get, redirect)).Status);

        Assert.Equal(2, await StatusAsync(world));
        await world.Merchant.ReceivedAsync(1);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task a_wrong_hash_opens_nothing(string method)
    {
        await using var world = await World.StartAsync("AutoApprove=true");
        var redirect = await CreateAsync(world);

        foreach (var wrong in new[]
        {
            redirect[..^1] + (redirect[^1] == '0' ? '1' : '0'),
            redirect[..redirect.IndexOf('&', StringComparison.Ordinal)],
            redirect.Replace("ID=628", "ID=629", StringComparison.Ordinal),
        })
        {
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await world.ToolAsync(
                    new HttpMethod(method), wrong, method == "POST" ? "decision=approve" : null, Form)).Status);
        }

        Assert.Equal(1, await StatusAsync(world));
    }

    [Fact]
    public async Task neither_answer_is_no_answer()
    {
        await using var world = await World.StartAsync();
        var redirect = await CreateAsync(world);

        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await world.ToolAsync(HttpMethod.Post, redirect, "decision=maybe", Form)).Status);
        Assert.Equal(1, await StatusAsync(world));
    }

    [Fact]
    public async Task every_method_has_a_page_of_its_own()
    {
        await using var world = await World.StartAsync();
        foreach (var method in new[] { 46, 58, 84, 1134, 1135, 1136, 1143, 1144, 1145 })
        {
            var created = await world.PostAsync("/v1/preapprovals", A.Preapproval($"p{method}", method));

            Assert.Equal(
                HttpStatusCode.OK,
                (await world.ToolAsync(HttpMethod.Get, created.Preapproval.Text("RedirectURL")!)).Status);
        }
    }

    private static async Task<string> CreateAsync(World world, string description = "1 year subscription") =>
        (await world.PostAsync("/v1/preapprovals", A.Preapproval(description: description)))
            .Preapproval.Text("RedirectURL")!;

    private static async Task<int> StatusAsync(World world) =>
        (await world.GetAsync("/v1/preapprovals/4217")).Preapproval.GetProperty("Status").Int("ID");
}

using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_looking_at_the_console
{
    [Fact]
    public async Task it_shows_what_the_gateway_holds()
    {
        await using var world = await World.StartAsync("ClockStart=2026-01-31T12:00:00Z");
        await world.RuleAsync("""{"operation":"charge","action":"decline","merchantTransactionId":"bad*","times":3}""");
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open, "good-1", "4990");
        await world.ChargeAsync(open, "bad-1");
        await world.UntilIdleAsync();

        var page = await ShownAsync(world);

        foreach (var expected in new[]
        {
            "2026-01-31 12:0", "decline", "merchantTransactionId bad*", "fired 1 of 3", "Open", "MercadoPago",
            "John Doe", "jdoe@gmail.com", "sub-1", "Success", "49.90 BRL", "good-1", "Failed",
            "119 Customer balance is insufficient", "Acknowledged",
            "204"
        })
        {
            Assert.Contains(expected, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task everything_that_others_wrote_is_encoded()
    {
        await using var world = await World.StartAsync();
        const string Evil = "<script>alert('x')</script>";
        await world.ToolAsync(HttpMethod.Post, "/sandbox/fixtures", $$"""
            {"Preapprovals":[{"MerchantPreapprovalID":"{{Evil}}","Description":"{{Evil}}",
             "ReturnURL":"javascript:alert(1)","RedirectURL":"javascript:alert(1)","Currency":"{{Evil}}",
             "PreapprovedMaximumAmount":5,
              "Status":{"ID":1},"Customer":{"FirstName":"{{Evil}}","LastName":"{{Evil}}","Email":"{{Evil}}"} }],
             "Payments":[{"MerchantTransactionID":"{{Evil}}","Amount":"5","Currency":"{{Evil}}","Created":"{{Evil}}",
             "Status":{"ID":4,"Reasons":[{"Code":"{{Evil}}","Info":"{{Evil}}"}]} }]}
            """);
        await world.RuleAsync($$"""{"operation":"charge","action":"decline","email":"{{Evil}}","info":"{{Evil}}"}""");
        await world.ToolAsync(HttpMethod.Post, "/sandbox/preapprovals/4217/approve");

        foreach (var view in new[] { "overview", "preapprovals", "payments", "notifications" })
        {
            var page = (await world.ToolAsync(HttpMethod.Get, $"/sandbox?view={view}&q=")).Text
                + (await world.ToolAsync(
                    HttpMethod.Get,
                    $"/sandbox?view={view}&q={Uri.EscapeDataString("\">" + Evil)}&said={Evil}&id={Evil}")).Text;
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("(href|formaction|action)=\"(?!/|data:,)", page);
        }
    }

    [Fact]
    public async Task a_hundred_thousand_payments_are_paged()
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            var rows = new StringBuilder("""{"Payments":[""")
                .AppendJoin(',', Enumerable.Range(i * 25_000, 25_000).Select(n => $$"""{"ID":{{1_000_000 + n}}"""
                    + $$""","Amount":"100","Currency":"BRL","MerchantTransactionID":"t-{{n}}"}"""))
                .Append("]}");
            Assert.Equal(
                HttpStatusCode.Created,
                (await world.ToolAsync(HttpMethod.Post, "/sandbox/fixtures", rows.ToString())).Status);
        }

        var first = await ShownAsync(world, "?view=payments");
        var second = await ShownAsync(
            world, Regex.Match(first, "href=\"/sandbox([^\"]*)\" rel=\"next\"").Groups[1].Value);
        var found = await ShownAsync(world, "?view=payments&q=t-77");
        var one = await ShownAsync(world, "?view=payments&q=1000077");

        Assert.Contains("<span>100000</span>", first, StringComparison.Ordinal);
        Assert.Equal((50, "1099999", "1099950"), Page(first));
        Assert.Equal((50, "1099949", "1099900"), Page(second));
        Assert.Equal((50, "1077999", "1077950"), Page(found));
        Assert.Equal((1, "1000077", "1000077"), Page(one));
        Assert.InRange(Encoding.UTF8.GetByteCount(first), 1, 100_000);
        Assert.DoesNotContain(
            "rel=\"next\"", await ShownAsync(world, "?view=payments&before=1000050"), StringComparison.Ordinal);
    }

    private static (int Rows, string First, string Last) Page(string page)
    {
        var ids = Regex.Matches(page, "<tr id=\"payment-(\\d+)\">").Select(m => m.Groups[1].Value).ToArray();
        return (ids.Length, ids[0], ids[^1]);
    }

    private static async Task<string> ShownAsync(World world, string query = "")
    {
        var reply = await world.ToolAsync(HttpMethod.Get, "/sandbox" + WebUtility.HtmlDecode(query));
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (reply.Status, reply.ContentType));
        Assert.Matches(
            "^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action "
            + "'self'; base-uri 'none'; frame-ancestors 'none'$",
            reply.Policy);
        return WebUtility.HtmlDecode(reply.Text);
    }
}

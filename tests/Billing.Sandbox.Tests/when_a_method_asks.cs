using System.Net;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_method_asks
{
    [Theory]
    [InlineData(46, "BRL", "BR", "")]
    [InlineData(58, "USD", "US", "bank=Tideline+Credit+Union&user=jdoe")]
    [InlineData(84, "EUR", "NL", "iban=nl91+abna+0417+1643+00&phone=%2B31612345678&code=1234")]
    [InlineData(1134, "PHP", "PH", "phone=0917+123+4567&code=000000&mpin=9999")]
    [InlineData(1135, "KRW", "KR", "terms=yes&code=123456")]
    [InlineData(1136, "IDR", "ID", "phone=08123456789&code=654321")]
    [InlineData(1143, "THB", "TH", "phone=0812345678&code=123456")]
    [InlineData(1144, "MYR", "MY", "phone=0123456789&pin=123456")]
    [InlineData(1145, "HKD", "HK", "phone=64203366&code=123456")]
    public async Task right_answers_open_it_and_none_do_not(int method, string currency, string country, string answers)
    {
        await using var world = await World.StartAsync();
        var landing = await LandingVisit.OfAsync(world, method, currency, country);

        if (answers.Length > 0)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await landing.SendAsync("decision=approve")).Status);
            Assert.Equal(
                HttpStatusCode.UnprocessableEntity, (await landing.SendAsync("decision=continue&step=99")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await landing.SendAsync($"decision=continue&step=0&{answers}")).Status);
        Assert.Equal(1, await landing.StatusAsync());
        Assert.Equal(HttpStatusCode.Found, (await landing.SendAsync($"decision=approve&{answers}")).Status);
        Assert.Equal(2, await landing.StatusAsync());
    }

    [Theory]
    [InlineData("decision=continue&step=0&iban=NL91ABNA0417164301", "This is no IBAN")]
    [InlineData("decision=continue&step=0&iban=NL91ABNA", "This is no IBAN")]
    [InlineData("decision=continue&step=0&iban=", "This is no IBAN")]
    [InlineData("decision=continue&step=1&iban=NL91ABNA0417164300&phone=call+me", "Enter a phone number")]
    [InlineData("decision=approve&step=2&iban=NL91ABNA0417164300&phone=0612345678&code=12345", "Enter the 4 digits")]
    [InlineData(
        "decision=approve&step=2&iban=NL91ABNA0417164300&phone=0612345678&code=%D9%A1%D9%A2%D9%A3%D9%A4",
        "Enter the 4 digits")]
    [InlineData("decision=approve&step=2&phone=0612345678&code=1234", "This is no IBAN")]
    public async Task a_wrong_answer_is_shown_and_changes_nothing(string form, string complaint)
    {
        await using var world = await World.StartAsync();
        var landing = await LandingVisit.OfAsync(world, 84, "EUR", "NL");

        await landing.RefusesAsync(form, complaint);

        Assert.Empty(world.Merchant.All);
    }

    [Fact]
    public async Task what_was_typed_is_shown_encoded()
    {
        await using var world = await World.StartAsync();
        var landing = await LandingVisit.OfAsync(world, 84, "EUR", "NL", "<b>bold</b>\\\" onload=x");

        var wrong = await landing.SendAsync("decision=continue&step=0&iban=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");

        Assert.DoesNotContain("<script", wrong.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", wrong.Text, StringComparison.Ordinal);
        Assert.Contains(
            "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"", wrong.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_decided_stays_decided()
    {
        await using var world = await World.StartAsync();
        var landing = await LandingVisit.OfAsync(world, 46);
        await landing.SendAsync("decision=approve");

        var refused = await landing.SendAsync("decision=refuse");
        await world.ToolAsync(HttpMethod.Post, "/sandbox/preapprovals/4217/close");
        var approved = await landing.SendAsync("decision=approve");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (refused.Status, approved.Status));
        Assert.Contains("Approved already", refused.Text, StringComparison.Ordinal);
        Assert.Contains("Closed", approved.Text, StringComparison.Ordinal);
        Assert.Equal(4, await landing.StatusAsync());
    }

    [Theory]
    [InlineData("http://shop.example/back", "http://shop.example/back?transactionID=628")]
    [InlineData("http://shop.example/back?order=7#paid", "http://shop.example/back?order=7&transactionID=628#paid")]
    [InlineData("https%3A%2F%2Fshop.example%2Fback", "https://shop.example/back?transactionID=628")]
    [InlineData(
        "http://bücher.example/zurück?an=José",
        "http://xn--bcher-kva.example/zur%C3%BCck?an=Jos%C3%A9&transactionID=628")]
    [InlineData(
        "http://127.0.0.1:5999/%0d%0aSet-Cookie:x=y", "http://127.0.0.1:5999/%0d%0aSet-Cookie:x=y?transactionID=628")]
    public async Task it_leads_back_to_the_merchant(string given, string expected)
    {
        await using var world = await World.StartAsync();
        var created = await world.PostAsync(
            "/v1/preapprovals",
            A.Preapproval().Replace("http://demo.smart2pay.com/redirect.php", given, StringComparison.Ordinal));

        var back = await world.ToolAsync(
            HttpMethod.Post, created.Preapproval.Text("RedirectURL")!, "decision=refuse",
            "application/x-www-form-urlencoded");

        Assert.Equal((HttpStatusCode.Found, expected), (back.Status, back.Location?.OriginalString));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("javascript://%0aalert(1)")]
    [InlineData("data:text/html,http://x")]
    [InlineData("//evil.example/x")]
    public async Task an_address_that_is_no_web_address_is_not_even_taken(string given)
    {
        await using var world = await World.StartAsync();

        var reply = await world.PostAsync(
            "/v1/preapprovals",
            A.Preapproval().Replace("http://demo.smart2pay.com/redirect.php", given, StringComparison.Ordinal));

        Assert.Equal("106", reply.Codes);
    }

    [Fact]
    public async Task an_address_that_leads_nowhere_is_not_followed()
    {
        await using var world = await World.StartAsync();
        var created = await world.PostAsync(
            "/v1/preapprovals",
            A.Preapproval().Replace("http://demo.smart2pay.com/redirect.php", "http://[", StringComparison.Ordinal));

        var refused = await world.ToolAsync(
            HttpMethod.Post, created.Preapproval.Text("RedirectURL")!, "decision=refuse",
            "application/x-www-form-urlencoded");

        Assert.Equal(HttpStatusCode.OK, refused.Status);
        Assert.Contains("no web address to return to", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_page_loads_nothing_foreign_and_cannot_be_framed()
    {
        await using var world = await World.StartAsync();
        var landing = await LandingVisit.OfAsync(world, 1135, "KRW", "KR");

        var shown = await landing.ShowAsync();

        Assert.Matches(
            "^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action 'self' http: https:; base-uri "
            + "'none'; frame-ancestors 'none'$",
            shown.Policy);
        Assert.DoesNotContain("<script", shown.Text, StringComparison.Ordinal);
        Assert.Matches("<label for=\"terms\">", shown.Text);
    }
}

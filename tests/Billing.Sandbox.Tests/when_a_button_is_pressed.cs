using System.Net;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_button_is_pressed
{
    [Fact]
    public async Task it_leads_back_to_the_view_it_stood_in()
    {
        await using var world = await World.StartAsync();
        await world.PostAsync("/v1/preapprovals", A.Preapproval());

        var pressed = await world.ToolAsync(
            HttpMethod.Post, "/sandbox/console/approve/4217?view=preapprovals&before=5000&q=a%26b");

        Assert.Equal(
            (HttpStatusCode.SeeOther, "/sandbox?view=preapprovals&before=5000&q=a%26b&said=approved&id=4217"),
            (pressed.Status, pressed.Location?.OriginalString));
        await world.Merchant.ReceivedAsync(1);
    }

    [Theory]
    [InlineData("approve/4217", "late")]
    [InlineData("refuse/4217", "late")]
    [InlineData("reverse/1", "gone")]
    [InlineData("resend/99", "gone")]
    [InlineData("close/99", "gone")]
    public async Task what_is_not_possible_any_more_is_said_and_changes_nothing(string button, string said)
    {
        await using var world = await World.StartAsync();
        await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();

        var pressed = await world.ToolAsync(HttpMethod.Post, $"/sandbox/console/{button}");

        Assert.Contains($"said={said}", pressed.Location!.OriginalString, StringComparison.Ordinal);
        await world.UntilIdleAsync();
        Assert.Single(world.Merchant.All);
    }

    [Fact]
    public async Task a_reversal_of_a_direct_debit_says_why()
    {
        await using var world = await World.StartAsync("SepaDays=0");
        var mandate = await world.AnOpenPreapprovalAsync(84, country: "NL");
        var payment = (await world.ChargeAsync(mandate, currency: "EUR")).Payment.Int("ID");
        await world.Merchant.ReceivedAsync(2);

        await world.ToolAsync(HttpMethod.Post, $"/sandbox/console/reverse/{payment}");

        Assert.Contains(
            "\"Status\":{\"ID\":16,\"Info\":\"Reversed\",\"Reasons\":[{\"Code\":\"MD06\"",
            (await world.Merchant.ReceivedAsync(3))[2].Body, StringComparison.Ordinal);
        Assert.Contains(
            "said=late",
            (await world.ToolAsync(HttpMethod.Post, $"/sandbox/console/dispute/{payment}")).Location!.OriginalString,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sandbox/console/nonsense/1")]
    [InlineData("/sandbox/console/1/1")]
    public async Task there_are_no_others(string path)
    {
        await using var world = await World.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await world.ToolAsync(HttpMethod.Post, path)).Status);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.SeeOther)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://HERE", HttpStatusCode.SeeOther)]
    [InlineData("Host", "evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Host", "sandbox.example", HttpStatusCode.SeeOther)]
    [InlineData("Host", "localhost:5081", HttpStatusCode.SeeOther)]
    public async Task only_our_own_pages_may(string header, string value, HttpStatusCode expected)
    {
        await using var world = await World.StartAsync("PublicAddress=https://sandbox.example");
        await world.PostAsync("/v1/preapprovals", A.Preapproval());
        var given = value.Replace("HERE", world.Address.Authority, StringComparison.Ordinal);

        var button = await world.ToolAsync(HttpMethod.Post, "/sandbox/console/refuse/4217", header: (header, given));
        var tool = await world.ToolAsync(
            HttpMethod.Post, "/sandbox/preapprovals/4217/approve", header: (header, given));

        Assert.Equal(expected, button.Status);
        Assert.Equal(expected is HttpStatusCode.Forbidden ? HttpStatusCode.Forbidden : HttpStatusCode.OK, tool.Status);
        Assert.Equal(
            expected is HttpStatusCode.Forbidden ? 1 : 2,
            (await world.GetAsync("/v1/preapprovals/4217")).Preapproval.GetProperty("Status").Int("ID"));
        Assert.Equal(
            header is "Host" && expected is HttpStatusCode.Forbidden ? HttpStatusCode.Forbidden : HttpStatusCode.OK,
            (await world.ToolAsync(HttpMethod.Get, "/sandbox", header: (header, given))).Status);
    }
}

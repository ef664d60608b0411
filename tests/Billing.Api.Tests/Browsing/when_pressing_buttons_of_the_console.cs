using Billing.Api.Tests.Specs;
using Microsoft.Playwright;

namespace Billing.Api.Tests.Browsing;

[Collection(BrowsedWorld.Name)]
public class when_pressing_buttons_of_the_console(BrowsedWorld world)
{
    [InChromium]
    public async Task approve_opens_and_close_as_customer_closes()
    {
        var (subscriber, _) = await world.SubscribeAsync(46, "BRL", "BR");
        var page = await world.LookAsync("preapprovals", subscriber.MerchantPreapprovalId);

        Assert.Contains("is approved", await page.PressAndReadAsync($"Approve {subscriber.GatewayId}"));
        Assert.Equal("open", await subscriber.StatusAsync());
        Assert.Contains(
            "is closed by its customer", await page.PressAndReadAsync($"Close as customer {subscriber.GatewayId}"));

        Assert.Equal("closed", await subscriber.StatusAsync());
        Assert.Contains("preapproval_closed", await subscriber.Story());
        Assert.Equal(0, await page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Button).CountAsync());
    }

    [InChromium]
    public async Task refuse_says_that_it_stays_pending()
    {
        var (subscriber, _) = await world.SubscribeAsync(84, "EUR", "NL");
        var page = await world.LookAsync("preapprovals", $"{subscriber.GatewayId}");

        Assert.Contains("stays Pending", await page.PressAndReadAsync($"Refuse {subscriber.GatewayId}"));
        Assert.Equal("pending", await subscriber.StatusAsync());
    }

    [InChromium]
    public async Task money_is_reversed_and_disputed_and_the_merchant_is_notified()
    {
        var subscriber = await Subscriber.Open(world.World, Subscriber.Schedule());
        await subscriber.Charge($"extra-{subscriber.GatewayId}");
        var page = await world.LookAsync("payments", $"{subscriber.GatewayId}");
        var payments = (await subscriber.Payments()).Select(p => (int)p["gatewayPaymentId"]!).ToArray();

        Assert.Contains("is reversed", await page.PressAndReadAsync($"Reverse {payments[0]}"));
        Assert.Contains("is disputed", await page.PressAndReadAsync($"Dispute {payments[1]}"));

        await world.World.UntilIdle();
        Assert.Equal(
            ["payment_disputed", "payment_reversed"],
            (await subscriber.Story()).Where(e => e is "payment_reversed" or "payment_disputed").Distinct().Order());
        Assert.Equal(1, await page.GetByText("Disputed", new() { Exact = true }).CountAsync());
    }

    [InChromium]
    public async Task a_notification_is_sent_again_and_its_attempts_are_shown()
    {
        var subscriber = await Subscriber.Open(world.World);
        var page = await world.LookAsync("notifications", subscriber.MerchantPreapprovalId);
        var row = page.GetByRole(AriaRole.Row).Last;
        var id = (await row.GetByRole(AriaRole.Cell).First.InnerTextAsync()).Trim();

        Assert.Contains("is being sent again", await page.PressAndReadAsync($"Resend {id}"));
        await world.World.UntilIdle();
        await page.ReloadAsync();

        Assert.Equal(2, await row.GetByText("204", new() { Exact = true }).CountAsync());
        Assert.Single(await subscriber.Story(), "preapproval_opened");
    }

    [InChromium]
    public async Task the_clock_moves_and_what_falls_due_is_charged()
    {
        var subscriber = await Subscriber.Open(world.World, Subscriber.Schedule());
        var page = await world.LookAsync("overview", "");

        Assert.Contains("was moved", await page.PressAndReadAsync("Advance by 1 month"));
        await world.World.UntilIdle();
        Assert.Equal(2, (await subscriber.Payments()).Length);
        await page.EnterAsync("Another duration", "a while");
        Assert.Contains("that is no duration", await page.PressAndReadAsync("Advance"));
    }

    [InChromium]
    public async Task no_page_from_elsewhere_presses_them()
    {
        var (subscriber, landing) = await world.SubscribeAsync(46, "BRL", "BR");
        var sandbox = world.World.Sandbox.Address;
        var page = await world.Chromium.VisitorAsync(runsScripts: true);

        foreach (var target in new[]
        {
            $"sandbox/console/approve/{subscriber.GatewayId}", $"sandbox/preapprovals/{subscriber.GatewayId}/approve"
        })
        {
            world.Shop.Harm = $"<form method=post action='{sandbox}{target}'><button>Win a phone</button></form>";
            await page.GotoAsync($"{world.Shop.Url}/harm");
            var answer = await page.RunAndWaitForResponseAsync(
                () => page.PressAsync("Win a phone"), url => url.Url.Contains(target, StringComparison.Ordinal));
            Assert.Equal(403, answer.Status);
        }

        world.Shop.Harm = $"<iframe src='{sandbox}sandbox'></iframe><iframe src='{landing}'></iframe>";
        await page.GotoAsync($"{world.Shop.Url}/harm", new() { WaitUntil = WaitUntilState.Load });

        Assert.All(page.Frames.Skip(1), frame => Assert.StartsWith("chrome-error:", frame.Url));
        Assert.Equal("pending", await subscriber.StatusAsync());
    }
}

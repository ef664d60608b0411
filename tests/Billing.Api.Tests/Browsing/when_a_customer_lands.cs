using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Billing.Api.Tests.Browsing;

[Collection(BrowsedWorld.Name)]
public class when_a_customer_lands(BrowsedWorld world)
{
    [InChromium]
    public async Task kakao_pay_asks_for_terms_code_and_agreement_as_its_document_says()
    {
        var (subscriber, page) = await world.LandAsync(1135, "KRW", "KR");

        await page.PressAsync("Continue");
        Assert.Contains("Accept the terms", await page.ComplaintAsync());
        await page.GetByLabel("I have read the terms").CheckAsync();
        await page.PressAsync("Continue");
        await page.EnterAsync("Code from the SMS", "12345");
        await page.PressAsync("Continue");
        Assert.Contains("Enter the 6 digits", await page.ComplaintAsync());
        Assert.Equal("pending", await subscriber.StatusAsync());
        await page.EnterAsync("Code from the SMS", "123 456");
        await page.PressAsync("Continue");
        await page.PressAsync("Approve");

        await page.BackAtTheShopAsync();
        Assert.Equal("open", await subscriber.StatusAsync());
        await page.GoBackAsync();
        await page.PressAsync("Approve");
        await page.BackAtTheShopAsync();
        Assert.Single(await subscriber.Story(), "preapproval_opened");
    }

    [InChromium]
    public async Task sepa_asks_for_iban_phone_and_code_and_makes_a_mandate()
    {
        var (subscriber, page) = await world.LandAsync(84, "EUR", "NL");

        await page.EnterAsync("IBAN", "NL91 ABNA 0417 1643 01");
        await page.PressAsync("Continue");
        Assert.Contains("This is no IBAN", await page.ComplaintAsync());
        await page.EnterAsync("IBAN", "NL91 ABNA 0417 1643 00");
        await page.PressAsync("Continue");
        await page.EnterAsync("Mobile number", "+31 6 1234 5678");
        await page.PressAsync("Continue");
        await page.EnterAsync("Code from the SMS", "1234");
        await page.PressAsync("Approve");

        await page.BackAtTheShopAsync();
        Assert.Equal("open", await subscriber.StatusAsync());
        Assert.StartsWith(
            "SLMP",
            (string?)JsonNode.Parse(await world.World.Storefront.GetStringAsync(
                $"v1/preapprovals/{subscriber.GatewayId}"))!["Preapproval"]!["MandateReference"]);
    }

    [InChromium]
    public async Task mercado_pago_asks_once_and_shows_afterwards_what_was_decided()
    {
        var (subscriber, page) = await world.LandAsync(46, "BRL", "BR");
        var landing = page.Url;

        await page.PressAsync("Approve");
        await page.BackAtTheShopAsync();
        Assert.Equal("open", await subscriber.StatusAsync());
        await page.GotoAsync(landing);
        Assert.True(await page.GetByRole(AriaRole.Heading, new() { Name = "Approved already" }).IsVisibleAsync());
        await world.World.Sandbox.CloseAsCustomerAsync(subscriber.GatewayId);
        await page.ReloadAsync();

        Assert.True(await page.GetByRole(AriaRole.Heading, new() { Name = "Closed" }).IsVisibleAsync());
        Assert.Equal(0, await page.GetByRole(AriaRole.Button).CountAsync());
    }

    [InChromium]
    public async Task a_customer_who_refuses_is_led_back_and_nothing_opens()
    {
        foreach (var (method, currency, country) in new[] { (1135, "KRW", "KR"), (84, "EUR", "NL"), (46, "BRL", "BR") })
        {
            var (subscriber, page) = await world.LandAsync(method, currency, country);

            await page.PressAsync("Refuse");

            await page.BackAtTheShopAsync();
            Assert.Equal("pending", await subscriber.StatusAsync());
        }
    }

    [InChromium]
    public async Task what_customers_are_called_is_shown_and_never_run()
    {
        var evil = new JsonObject
        {
            ["FirstName"] = "<img src=x onerror=\"document.title='run'\">",
            ["LastName"] = "\"><script>document.title='run'</script>",
            ["Email"] = "a'\"<b>@x.example",
        };
        var (subscriber, page) = await world.LandAsync(46, "BRL", "BR", evil, runsScripts: true);
        var console = await world.LookAsync("preapprovals", subscriber.MerchantPreapprovalId, runsScripts: true);

        Assert.Equal("MercadoPago - GlobalPay sandbox", await page.TitleAsync());
        Assert.Equal("Preapprovals - GlobalPay sandbox", await console.TitleAsync());
        Assert.Contains("<script>", await console.GetByRole(AriaRole.Row).Last.InnerTextAsync());
        Assert.Equal(0, await console.Locator("img, script").CountAsync());
    }
}

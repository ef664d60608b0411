using Microsoft.Playwright;

namespace Billing.Api.Tests.Browsing;

public class pages_in_headless_chromium
{
    [OrOneSkip]
    public async Task can_be_tried_here()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.VisitorAsync();
        await page.SetContentAsync("<h1>Here</h1>");

        Assert.Equal("Here", await page.GetByRole(AriaRole.Heading).InnerTextAsync());
    }
}

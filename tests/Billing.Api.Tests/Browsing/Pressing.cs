using Billing.Api.Tests.Specs;
using Microsoft.Playwright;

namespace Billing.Api.Tests.Browsing;

/// <summary>What people do on the pages, and what they see of it.</summary>
public static class Pressing
{
    public static Task PressAsync(this IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Presses, and waits for what the page says of it.</summary>
    public static async Task<string> PressAndReadAsync(this IPage page, string button)
    {
        await page.PressAsync(button);

        return await page.GetByRole(AriaRole.Status).InnerTextAsync();
    }

    public static Task EnterAsync(this IPage page, string label, string text) =>
        page.GetByLabel(label, new() { Exact = true }).FillAsync(text);

    public static Task<string> ComplaintAsync(this IPage page) => page.GetByRole(AriaRole.Alert).InnerTextAsync();

    /// <summary>By what the customer sees: waiting for the URL may miss the load event on a busy machine.</summary>
    public static async Task BackAtTheShopAsync(this IPage page)
    {
        await page.GetByRole(AriaRole.Heading, new() { Name = "Welcome back" }).WaitForAsync();
        Assert.Contains("/back?order=7&transactionID=", page.Url);
    }

    public static async Task<string> StatusAsync(this Subscriber subscriber)
    {
        await subscriber.World.UntilIdle();

        return (string)(await subscriber.View())["status"]!;
    }
}

using System.Net;
using System.Text.RegularExpressions;

namespace Billing.Demo;

/// <summary>A person with a browser: opens the page that RedirectURL names, and presses Approve.</summary>
internal static partial class Customer
{
    /// <returns>Where the browser is sent afterwards: the merchant's ReturnURL.</returns>
    public static async Task<Uri> ApproveAsync(HttpClient browser, string redirectUrl)
    {
        var page = await browser.SendAsync(HttpMethod.Get, redirectUrl).Expect(HttpStatusCode.OK, "The landing page");

        if (ApproveButton().Match(page.Body) is not { Success: true } button)
        {
            throw new BrokenPromiseException("The landing page has no form with a button to approve.");
        }

        // The form has no action: it goes where the page came from.
        using var form = new FormUrlEncodedContent([new(button.Groups["name"].Value, button.Groups["value"].Value)]);
        using var answer = await browser.PostAsync(new Uri(redirectUrl), form);

        return answer is { StatusCode: HttpStatusCode.Found, Headers.Location: { } location }
            ? location
            : throw new BrokenPromiseException($"Approving was answered {(int)answer.StatusCode} instead of sending the browser back to the merchant.");
    }

    [GeneratedRegex("""<form method="post">.*?<button name="(?<name>\w+)" value="(?<value>\w+)">Approve</button>""", RegexOptions.Singleline)]
    private static partial Regex ApproveButton();
}

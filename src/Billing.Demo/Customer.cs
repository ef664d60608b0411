using System.Net;
using System.Text.RegularExpressions;

namespace Billing.Demo;

/// <summary>A person with a browser: opens RedirectURL, fills in what each page asks, and presses Approve.</summary>
internal static partial class Customer
{
    private const int MostPages = 10;

    // What the test pages of the methods take (docs/globalpay.md section 8).
    private static readonly Dictionary<string, string> Answers = new()
    {
        ["terms"] = "yes",
        ["code"] = "123456",
        ["iban"] = "NL91 ABNA 0417 1643 00",
        ["phone"] = "+31612345678",
    };

    /// <returns>Where the browser is sent afterwards: the merchant's ReturnURL.</returns>
    public static async Task<Uri> ApproveAsync(HttpClient browser, string redirectUrl)
    {
        var page = (await browser.SendAsync(HttpMethod.Get, redirectUrl)
            .Expect(HttpStatusCode.OK, "The landing page")).Body;
        for (var i = 0; i < MostPages; i++)
        {
            // The form has no action: it goes where the page came from.
            using var form = new FormUrlEncodedContent(Filled(page));
            using var answer = await browser.PostAsync(new Uri(redirectUrl), form);
            if (answer is { StatusCode: HttpStatusCode.Found, Headers.Location: { } location })
            {
                return location;
            }

            if (answer.StatusCode is not HttpStatusCode.OK)
            {
                throw new BrokenPromiseException($"A landing page was answered {(int)answer.StatusCode} instead of "
                    + "leading on or back to the merchant.");
            }

            page = await answer.Content.ReadAsStringAsync();
        }

        throw new BrokenPromiseException($"After {MostPages} pages there was still nothing approved.");
    }

    private static IEnumerable<KeyValuePair<string, string>> Filled(string page)
    {
        if (YesButton().Match(page) is not { Success: true } button)
        {
            throw new BrokenPromiseException("The landing page has no form with a button to go on or to approve.");
        }

        foreach (Match field in Input().Matches(page))
        {
            var (name, given) = (field.Groups["name"].Value, Given().Match(field.Value));
            yield return new(
                name,
                field.Value.Contains("type=\"hidden\"", StringComparison.Ordinal)
                    ? WebUtility.HtmlDecode(given.Groups["value"].Value)
                    : Answer(name, page));
        }

        yield return new("decision", button.Groups["value"].Value);
    }

    // The SMS of a SEPA mandate has 4 digits, those of the wallets 6, and the page says which.
    private static string Answer(string name, string page) =>
        name == "code" && page.Contains("any 4 digits", StringComparison.Ordinal)
            ? Answers[name][..4]
            : Answers.GetValueOrDefault(name, "");

    [GeneratedRegex("""<button [^>]*name="decision" value="(?<value>continue|approve)">""")]
    private static partial Regex YesButton();

    [GeneratedRegex("""<input [^>]*?name="(?<name>\w+)"[^>]*>""")]
    private static partial Regex Input();

    [GeneratedRegex("""\bvalue="(?<value>[^"]*)["]""")]
    private static partial Regex Given();
}

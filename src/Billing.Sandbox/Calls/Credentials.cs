using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.Calls;

/// <summary>Basic auth of a site: user is the SiteID, password its API key (docs/globalpay.md section 1).</summary>
internal sealed class Credentials(SandboxSettings settings)
{
    /// <summary>Null when the header is missing, unreadable or wrong.</summary>
    public Site? Check(string? header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value)
            || !string.Equals(value.Scheme, "Basic", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var pair = new byte[(value.Parameter?.Length ?? 0) + 3];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", pair, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(pair.AsSpan(0, length));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0
            || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !settings.Sites.TryGetValue(id, out var site))
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(text[(colon + 1)..]), Encoding.UTF8.GetBytes(site.ApiKey))
            ? site
            : null;
    }

    /// <summary>The platform's 401; its body is stated nowhere, the PHP client reads this one.</summary>
    public static Task DenyAsync(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"GlobalPay\"";
        return Answer.Message(StatusCodes.Status401Unauthorized, "Authorization has been denied for this request.")
            .WriteAsync(http);
    }

    public static AuthenticationHeaderValue Header(Site site) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{site.Id}:{site.ApiKey}")));
}

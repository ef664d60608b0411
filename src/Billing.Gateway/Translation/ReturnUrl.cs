namespace Billing.Gateway.Translation;

/// <summary>Parts a return address from its query, which may name a person and is sealed apart.</summary>
public static class ReturnUrl
{
    private const string Encoded = "%3F";

    /// <summary>Splits at the first question mark; in an address that is percent-encoded as a whole, at the first %3F.</summary>
    /// <returns>The query without its question mark; null when there is none.</returns>
    public static (string? Address, string? Query) Split(string? url)
    {
        if (url is null)
        {
            return (null, null);
        }

        var mark = SeparatorOf(url);
        var at = url.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? (url, null) : (url[..at], url[(at + mark.Length)..]);
    }

    public static string? Join(string? address, string? query) => address is null || query is null ? address : address + SeparatorOf(address) + query;

    // The field rule takes http%3A%2F%2F… as well (GLOBALPAY.md section 6.2).
    private static string SeparatorOf(string url) =>
        url.StartsWith("http%3A", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https%3A", StringComparison.OrdinalIgnoreCase) ? Encoded : "?";
}

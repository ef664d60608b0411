using Billing.Sandbox.State;

namespace Billing.Sandbox.Landing;

/// <summary>Where a customer's browser goes afterwards.</summary>
internal static class ReturnAddress
{
    /// <summary>Null unless ReturnURL is a web address: a fixture may hold anything, even <c>javascript:</c>.</summary>
    /// <remarks>
    /// "A transaction ID is returned within the return URL" (docs/globalpay.md section 9), under no documented name.
    /// </remarks>
    public static string? Of(Preapproval row)
    {
        var given = row.ReturnUrl ?? "";
        var text = given.Contains("://", StringComparison.Ordinal) ? given : Uri.UnescapeDataString(given);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return null;
        }

        var own = url.Query.TrimStart('?');
        return new UriBuilder(url)
        {
            Host = url.IdnHost,
            Query = $"{own}{(own.Length == 0 ? "" : "&")}transactionID={row.LandingId}",
        }.Uri.AbsoluteUri;
    }
}

using System.Text;

namespace Billing.Gateway.Notifications;

/// <summary>Reads HTTP Basic credentials (SiteID, key) of storefronts and notifications (docs/globalpay.md).</summary>
public static class BasicCredentials
{
    private const string Scheme = "Basic ";
    private const int Longest = 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="authorizationHeader">The whole header, or null when there is none.</param>
    /// <returns>
    /// Null unless it is Basic, UTF-8, with a site and a key. Compare the key with <see cref="ConstantTime.AreEqual"/>.
    /// </returns>
    public static (string SiteId, string Key)? Read(string? authorizationHeader)
    {
        if (authorizationHeader is not { Length: <= Longest }
            || !authorizationHeader.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Longest];
        if (!Convert.TryFromBase64Chars(authorizationHeader.AsSpan(Scheme.Length).Trim(), bytes, out var length))
        {
            return null;
        }

        try
        {
            var pair = Utf8.GetString(bytes[..length]);
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon > 0 && colon < pair.Length - 1 ? (pair[..colon], pair[(colon + 1)..]) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

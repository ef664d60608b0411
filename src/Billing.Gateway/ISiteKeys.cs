namespace Billing.Gateway;

/// <summary>Knows the key that the gateway gave to each of our sites.</summary>
public interface ISiteKeys
{
    /// <exception cref="KeyNotFoundException">The site is not configured.</exception>
    string GatewayKeyOf(string siteId);
}

using System.Net;

namespace Billing.Api.Notifications;

/// <summary>Accepts notifications only from listed networks, where an operator has listed any.</summary>
public sealed class NotificationSources(NotificationSettings settings)
{
    private const string ForwardedFor = "X-Forwarded-For";

    public bool Admit(HttpContext http) =>
        settings.Sources.Count == 0 || (AddressOf(http) is { } address && IsIn(settings.Sources, address));

    /// <summary>The sender: the peer, or the address that listed proxies name, read from the right.</summary>
    /// <returns>Null when it is not known.</returns>
    public IPAddress? AddressOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress is { } peer ? Plain(peer) : null;
        var hops = string.Join(',', http.Request.Headers[ForwardedFor].ToArray())
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        for (var i = hops.Length - 1; i >= 0 && address is not null && IsIn(settings.Proxies, address); i--)
        {
            // Some proxies name the sender's port as well: 203.0.113.7:51234 or [2001:db8::7]:51234.
            address = IPEndPoint.TryParse(hops[i], out var hop) ? Plain(hop.Address) : null;
        }

        return address;
    }

    /// <summary>An IPv4-mapped IPv6 address as IPv4.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address) =>
        networks.Any(network => network.Contains(address));
}

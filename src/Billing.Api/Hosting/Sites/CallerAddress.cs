using System.Net;
using System.Net.Sockets;

namespace Billing.Api.Hosting.Sites;

/// <summary>The address that a request comes from: that of the peer, or the one that a listed proxy names.</summary>
/// <param name="proxies">Networks of proxies whose X-Forwarded-For is trusted.</param>
public sealed class CallerAddress(IReadOnlyList<IPNetwork> proxies)
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const int BytesOfIpv6Network = 8;

    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>
    /// A proxy on this machine is believed too: else every caller behind it would have its address, and the failed
    /// logins of one would count for all.
    /// </summary>
    public static CallerAddress BehindLocalProxies(IReadOnlyList<IPNetwork> proxies) => new([.. proxies, .. Loopback]);

    /// <summary>X-Forwarded-For is read from the right, as far as listed proxies have written it.</summary>
    /// <returns>Null when it is not known.</returns>
    public IPAddress? Of(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress is { } peer ? Plain(peer) : null;
        var hops = string.Join(',', http.Request.Headers[ForwardedFor].ToArray())
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        for (var i = hops.Length - 1; i >= 0 && address is not null && IsIn(proxies, address); i--)
        {
            // Some proxies name the sender's port as well: 203.0.113.7:51234 or [2001:db8::7]:51234.
            address = IPEndPoint.TryParse(hops[i], out var hop) ? Plain(hop.Address) : null;
        }

        return address;
    }

    public static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address) =>
        networks.Any(network => network.Contains(address));

    /// <summary>An IPv4-mapped IPv6 address as IPv4.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>What one caller has: an IPv4 address, or an IPv6 network of 64 bits.</summary>
    public static IPAddress NetworkOf(IPAddress address)
    {
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(BytesOfIpv6Network).Clear();

        return new IPAddress(bytes);
    }
}

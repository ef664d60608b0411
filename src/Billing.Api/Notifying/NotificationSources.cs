using System.Net;

namespace Billing.Api.Notifying;

/// <summary>From where notifications are taken, where an operator listed it.</summary>
public sealed class NotificationSources(NotificationSettings settings)
{
    private const string ForwardedFor = "X-Forwarded-For";

    public bool Admit(HttpContext http) => settings.Sources.Count == 0 || (AddressOf(http) is { } address && IsIn(settings.Sources, address));

    /// <summary>Whoever asks: the peer, or whom a listed proxy speaks for, read from the right as far as listed proxies go.</summary>
    /// <returns>Null when it cannot be told.</returns>
    public IPAddress? AddressOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress is { } peer ? Plain(peer) : null;
        var hops = string.Join(',', http.Request.Headers[ForwardedFor].ToArray()).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        for (var i = hops.Length - 1; i >= 0 && address is not null && IsIn(settings.Proxies, address); i--)
        {
            address = IPAddress.TryParse(hops[i], out var hop) ? Plain(hop) : null;
        }

        return address;
    }

    /// <summary>IPv4 that came in IPv6's clothes is IPv4.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address) => networks.Any(network => network.Contains(address));
}

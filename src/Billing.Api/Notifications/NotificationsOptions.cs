using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Notifications;

/// <summary>Which notifications are confirmed by the gateway before they move anything.</summary>
public enum Confirm
{
    /// <summary>None: the gateway's key is trusted.</summary>
    Off,

    /// <summary>
    /// Those of payments, refunds and disputes, those that move an open preapproval, and those that would settle a
    /// create under way or close a preapproval that is not open yet.
    /// </summary>
    Money,

    /// <summary>Also those that open a preapproval.</summary>
    All,
}

/// <summary>Section <c>Notifications</c>.</summary>
public sealed class NotificationsOptions
{
    [Description(
        "Which notifications the gateway must confirm before they are applied: none; those of payments, refunds, "
        + "disputes and closes, and those that would move an open preapproval or settle a create; also openings.")]
    public Confirm Confirm { get; set; } = Confirm.Money;

    [Description("From where notifications are accepted; others get 403.")]
    [DefaultValue("none: from everywhere"), DataType("address or network (CIDR)"), Network]
    public string[] Sources { get; set; } = [];

    [Description(
        "Proxies whose `X-Forwarded-For` is trusted, for notifications and logins. Behind a proxy that is not listed "
        + "all callers share its address, and the failed logins of one delay the others.")]
    [DefaultValue("none"), DataType("address or network (CIDR)"), Network]
    public string[] Proxies { get; set; } = [];

    [Range(1, 3_650), Description("How long the body of a notification that matches nothing is kept.")]
    public double KeepUnmatchedDays { get; set; } = 30;

    public TimeSpan KeepUnmatched => TimeSpan.FromDays(KeepUnmatchedDays);

    public IReadOnlyList<IPNetwork> ProxyNetworks => [.. Proxies.Select(text => NetworkAttribute.Parse(text)!.Value)];

    public IReadOnlyList<IPNetwork> SourceNetworks => [.. Sources.Select(text => NetworkAttribute.Parse(text)!.Value)];
}

/// <summary>An address, or a network as address/bits.</summary>
internal sealed class NetworkAttribute()
    : ValidationAttribute("is '{0}': an address like 203.0.113.7 or a network like 203.0.113.0/24.")
{
    private const int Ipv4Bits = 32;
    private const int Ipv6Bits = 128;

    public override bool IsValid(object? value) => Parse(value as string) is not null;

    public static IPNetwork? Parse(string? text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? Of(CallerAddress.Plain(address))
        : null;

    private static IPNetwork Of(IPAddress address) =>
        new(address, address.AddressFamily is AddressFamily.InterNetwork ? Ipv4Bits : Ipv6Bits);
}

using System.Net;
using System.Net.Sockets;
using Billing.Api.Hosting;
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

/// <summary>What an operator may set of notifications; docs/configuration.md lists it.</summary>
/// <param name="Sources">Networks from which notifications are accepted; empty: from everywhere.</param>
/// <param name="Proxies">Networks of proxies whose X-Forwarded-For is trusted.</param>
public sealed record NotificationSettings(
    Confirm Confirm, IReadOnlyList<IPNetwork> Sources, IReadOnlyList<IPNetwork> Proxies)
{
    private const int Ipv4Bits = 32;
    private const int Ipv6Bits = 128;

    /// <exception cref="SettingException">One of them is wrong.</exception>
    public static NotificationSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Notifications");

        return new NotificationSettings(
            section["Confirm"] switch
            {
                null or "" or "money" => Confirm.Money,
                "off" => Confirm.Off,
                "all" => Confirm.All,
                var other => throw new SettingException("Notifications__Confirm", $"is '{other}': off, money or all."),
            },
            Networks(section, "Sources"),
            Networks(section, "Proxies"));
    }

    private static List<IPNetwork> Networks(IConfigurationSection notifications, string name)
    {
        var section = notifications.GetSection(name);

        return section.Value is null or ""
            ? [.. section.GetChildren().Select(one => Network($"Notifications__{name}__{one.Key}", one.Value))]
            : throw new SettingException(
                $"Notifications__{name}",
                $"is a list: Notifications__{name}__0, Notifications__{name}__1 …, one address or network each.");
    }

    private static IPNetwork Network(string setting, string? text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? Of(address)
        : throw new SettingException(
            setting, $"is '{text}': an address like 203.0.113.7 or a network like 203.0.113.0/24.");

    private static IPNetwork Of(IPAddress address)
    {
        var plain = CallerAddress.Plain(address);

        return new IPNetwork(plain, plain.AddressFamily is AddressFamily.InterNetwork ? Ipv4Bits : Ipv6Bits);
    }
}

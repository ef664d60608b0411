using System.Net;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Notifications;

/// <summary>Accepts notifications only from listed networks, where an operator has listed any.</summary>
public sealed class NotificationSources(NotificationsOptions options)
{
    private readonly CallerAddress callers = new(options.ProxyNetworks);
    private readonly IReadOnlyList<IPNetwork> networks = options.SourceNetworks;

    public bool Admit(HttpContext http) =>
        networks.Count == 0
        || (AddressOf(http) is { } address && CallerAddress.IsIn(networks, address));

    /// <inheritdoc cref="CallerAddress.Of"/>
    public IPAddress? AddressOf(HttpContext http) => callers.Of(http);
}

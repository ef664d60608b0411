using System.Net;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Notifications;

/// <summary>Accepts notifications only from listed networks, where an operator has listed any.</summary>
public sealed class NotificationSources(NotificationSettings settings)
{
    private readonly CallerAddress callers = new(settings.Proxies);

    public bool Admit(HttpContext http) =>
        settings.Sources.Count == 0
        || (AddressOf(http) is { } address && CallerAddress.IsIn(settings.Sources, address));

    /// <inheritdoc cref="CallerAddress.Of"/>
    public IPAddress? AddressOf(HttpContext http) => callers.Of(http);
}

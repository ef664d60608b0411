using System.Net;
using Billing.Api.Hosting;
using Billing.Api.Notifications;
using Billing.Api.Tests.Operating;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class the_list_of_sources
{
    [Theory]
    [InlineData(true, "203.0.113.7")]
    [InlineData(true, "::ffff:203.0.113.7")]
    [InlineData(true, "198.51.100.200")]
    [InlineData(true, "2001:db8::1")]
    [InlineData(false, "203.0.113.8")]
    [InlineData(false, "2001:db9::1")]
    [InlineData(false, null)]
    [InlineData(false, "203.0.113.8", "203.0.113.7")]
    [InlineData(true, "10.0.0.1", "203.0.113.7")]
    [InlineData(true, "10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2")]
    [InlineData(false, "10.0.0.1", "203.0.113.7, 1.1.1.1")]
    [InlineData(true, "10.0.0.1", "203.0.113.7:51234")]
    [InlineData(true, "10.0.0.1", "[2001:db8::1]:51234")]
    [InlineData(false, "10.0.0.1", "203.0.113.8:51234")]
    [InlineData(false, "10.0.0.1", "unknown")]
    [InlineData(false, "10.0.0.1")]
    public void lets_in_whom_it_names_and_proxies_speak_only_for_themselves(
        bool isIn, string? peer, string? forwardedFor = null)
    {
        var sources = new NotificationSources(Read(
            ("Sources:0", "203.0.113.7"), ("Sources:1", "198.51.100.0/24"), ("Sources:2", "2001:db8::/32"),
            ("Proxies:0", "10.0.0.0/8")));
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
        http.Request.Headers["X-Forwarded-For"] = forwardedFor;

        Assert.Equal(isIn, sources.Admit(http));
    }

    [Fact]
    public void is_empty_by_default_and_then_admits_every_source() =>
        Assert.True(new NotificationSources(Read()).Admit(new DefaultHttpContext()));

    [Theory]
    [InlineData("Notifications__Sources__0", "Sources:0", "gateway.example")]
    [InlineData("Notifications__Sources__0", "Sources:0", "203.0.113.7/33")]
    [InlineData("Notifications__Sources", "Sources", "203.0.113.7")]
    [InlineData("Notifications__Proxies__0", "Proxies:0", "")]
    [InlineData("Notifications__Confirm", "Confirm", "Money")]
    [InlineData("Notifications__Confirm", "Confirm", "yes")]
    public void is_named_where_it_is_wrong(string setting, string key, string value)
    {
        var error = Assert.Throws<SettingException>(() => Read((key, value)));

        Assert.Equal(setting, error.Setting);
    }

    private static NotificationsOptions Read(params (string Key, string Value)[] settings) => BillingOptions.Read(
        new ConfigurationBuilder()
            .AddCommandLine([.. when_configuration_is_wrong.RightArguments])
            .AddInMemoryCollection(settings.ToDictionary(one => $"Notifications:{one.Key}", one => (string?)one.Value))
            .Build()).GetRequiredService<NotificationsOptions>();
}

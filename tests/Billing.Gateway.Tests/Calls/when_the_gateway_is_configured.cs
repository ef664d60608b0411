using Billing.Gateway.Translation;
using Billing.Domain;
using Microsoft.Extensions.Configuration;

namespace Billing.Gateway.Tests.Calls;

public class when_the_gateway_is_configured
{
    [Fact]
    public void an_address_is_enough()
    {
        var options = Read(("Gateway:BaseAddress", "https://paytest.smart2pay.com"));

        Assert.Equal(
            (TimeSpan.FromSeconds(10), 5, 256, false),
            (options.Timeout, options.ConnectTimeoutSeconds, options.MaxConnections, options.SendRequestId));
        Assert.Equal(499_000, new WireMoney(options.Exponent).ToWire(new Money(4990, "KRW")));
    }

    [Fact]
    public void everything_can_be_set()
    {
        var options = Read(
            ("Gateway:BaseAddress", "http://127.0.0.1:5081/"), ("Gateway:TimeoutSeconds", "3"),
            ("Gateway:ConnectTimeoutSeconds", "1"), ("Gateway:MaxConnections", "8"),
            ("Gateway:SendRequestId", "true"), ("Gateway:Exponent:KRW", "0"), ("Gateway:Exponent:JPY", "0"));

        Assert.Equal(
            (TimeSpan.FromSeconds(3), 1, 8, true),
            (options.Timeout, options.ConnectTimeoutSeconds, options.MaxConnections, options.SendRequestId));
        var money = new WireMoney(options.Exponent);
        Assert.Equal((4990, 500), (money.ToWire(new Money(4990, "KRW")), money.ToWire(new Money(500, "JPY"))));
    }

    private static GatewayOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        foreach (var (key, value) in settings)
        {
            configuration[key] = value;
        }

        return configuration.GetSection("Gateway").Get<GatewayOptions>()!;
    }
}

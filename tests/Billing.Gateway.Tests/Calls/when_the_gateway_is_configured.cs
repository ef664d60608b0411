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
            (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), 256, false),
            (options.Timeout, options.ConnectTimeout, options.MaxConnections, options.SendRequestId));
        Assert.Equal(499_000, options.Money.ToWire(new Money(4990, "KRW")));
    }

    [Fact]
    public void everything_can_be_set()
    {
        var options = Read(
            ("Gateway:BaseAddress", "http://127.0.0.1:5081/"), ("Gateway:TimeoutSeconds", "3"),
            ("Gateway:ConnectTimeoutSeconds", "1"), ("Gateway:MaxConnections", "8"),
            ("Gateway:SendRequestId", "true"), ("Gateway:Exponent:KRW", "0"), ("Gateway:Exponent:JPY", "0"));

        Assert.Equal(
            (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), 8, true),
            (options.Timeout, options.ConnectTimeout, options.MaxConnections, options.SendRequestId));
        Assert.Equal(
            (4990, 500), (options.Money.ToWire(new Money(4990, "KRW")), options.Money.ToWire(new Money(500, "JPY"))));
    }

    [Theory]
    [InlineData("Gateway:BaseAddress", "")]
    [InlineData("Gateway:BaseAddress", "paytest.smart2pay.com")]
    [InlineData("Gateway:BaseAddress", "ftp://paytest.smart2pay.com")]
    [InlineData("Gateway:BaseAddress", "https://30201:key@paytest.smart2pay.com")]
    [InlineData("Gateway:TimeoutSeconds", "0")]
    [InlineData("Gateway:TimeoutSeconds", "-1")]
    [InlineData("Gateway:TimeoutSeconds", "soon")]
    [InlineData("Gateway:ConnectTimeoutSeconds", "0")]
    [InlineData("Gateway:MaxConnections", "0")]
    [InlineData("Gateway:SendRequestId", "perhaps")]
    [InlineData("Gateway:Exponent:KRW", "5")]
    [InlineData("Gateway:Exponent:KRW", "two")]
    [InlineData("Gateway:Exponent:XXX", "2")]
    public void a_wrong_setting_is_named(string name, string value)
    {
        var wrong = Assert.Throws<InvalidOperationException>(() =>
            Read(("Gateway:BaseAddress", "https://paytest.smart2pay.com"), (name, value)));

        Assert.StartsWith(name + " must ", wrong.Message);
    }

    [Fact]
    public void no_address_at_all_is_named() =>
        Assert.StartsWith("Gateway:BaseAddress must ", Assert.Throws<InvalidOperationException>(() => Read()).Message);

    private static GatewayOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        foreach (var (key, value) in settings)
        {
            configuration[key] = value;
        }

        return GatewayOptions.Read(configuration);
    }
}

using System.Text;
using Billing.Gateway.Notifications;

namespace Billing.Gateway.Tests.Notifications;

[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_credentials_are_read
{
    [Theory]
    [InlineData("Basic", "30201:gateway-key-30201", "30201", "gateway-key-30201")]
    [InlineData("basic", "30201:a:b", "30201", "a:b")]
    [InlineData("Basic", "30201:schlüssel", "30201", "schlüssel")]
    public void basic_credentials_are_site_and_key(string scheme, string pair, string site, string key) =>
        Assert.Equal(
            (site, key), BasicCredentials.Read($"{scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}"));

    [Fact]
    public void the_documented_header_is_read() => Assert.Equal(
        "30201", BasicCredentials.Read(
            "Basic MzAyMDE6aEo1Um9iWXg5cjdGZk53Q3ZIWTlMWEhxcXIrRkV6cmM3YUp2UVFrNEdhejFtZzdSeXk=")!.Value.SiteId);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Bearer MzAyMDE6a2V5")]
    [InlineData("Basic not base 64!")]
    [InlineData("Basic MzAyMDE=")]
    [InlineData("Basic MzAyMDE6")]
    [InlineData("Basic OmtleQ==")]
    [InlineData("Basic MzAyMDE6//8=")]
    public void anything_else_is_none(string? header) => Assert.Null(BasicCredentials.Read(header));

    [Fact]
    public void a_header_beyond_all_measure_is_none() =>
        Assert.Null(
            BasicCredentials.Read(
                "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("30201:" + new string('a', 4096)))));

    [Theory]
    [InlineData("gateway-key-30201", "gateway-key-30201", true)]
    [InlineData("", "", true)]
    [InlineData("gateway-key-30201", "gateway-key-30202", false)]
    [InlineData("gateway-key-30201", "gateway-key-3020", false)]
    [InlineData("gateway-key-30201", "Gateway-key-30201", false)]
    [InlineData("gateway-key-30201", "", false)]
    public void secrets_are_equal_or_not(string left, string right, bool equal) =>
        Assert.Equal(equal, ConstantTime.AreEqual(left, right));
}

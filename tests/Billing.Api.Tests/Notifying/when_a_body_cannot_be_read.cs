using System.Net;
using System.Net.Sockets;
using System.Text;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_a_body_cannot_be_read(BelievingWorld shared)
{
    private readonly World world = shared.World;

    public static TheoryData<string> Names => BrokenBodies.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task it_is_refused_clearly_and_nothing_is_stored(string name) =>
        await AssertRefused(BrokenBodies.Of(name, "Preapproval"), 400);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Preapproval":null}""")]
    [InlineData("""{"Preapproval":{}}""")]
    [InlineData("""{"Preapproval":[]}""")]
    [InlineData("""{"Preapproval":{"ID":0}}""")]
    [InlineData("""{"Preapproval":{"ID":"four"}}""")]
    [InlineData("""{"Preapproval":{"ID":99999999999}}""")]
    [InlineData("""{"Payment":{"Status":{"ID":2}}}""")]
    [InlineData("""{"Payment":{"MerchantTransactionID":"a","MerchantTransactionID":"b"}}""")]
    public async Task what_is_no_notification_is_refused(string body) =>
        await AssertRefused(Encoding.UTF8.GetBytes(body), 400);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_megabyte_is_too_much(bool chunked) =>
        await AssertRefused(BrokenBodies.Huge("Preapproval", chunked), 413);

    [Fact]
    public async Task a_broken_chunk_is_the_senders_fault()
    {
        var before = await world.SettledSizeAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, world.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /v1/notifications HTTP/1.1\r\nHost: billing\r\nAuthorization: "
            + $"{world.Gateway.DefaultRequestHeaders.Authorization}\r\nTransfer-Encoding: chunked\r\nConnection: "
            + "close\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n"));

        var answer = await new StreamReader(stream).ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.DoesNotContain("Exception", answer);
        Assert.Equal(before, await world.SizeAsync());
    }

    private async Task AssertRefused(object body, int status)
    {
        var before = await world.SettledSizeAsync();

        var reply = await world.Gateway.PostBodyAsync("v1/notifications", body);

        BrokenBodies.AssertClear(reply, status);
        Assert.NotEmpty((string)reply.Json["Message"]!);
        Assert.Equal(before, await world.SizeAsync());
    }
}
